// Light or dark console: the device's choice, or the host's own, kept on this device.
import { signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const STORED = 'memorata.console.theme'

export const theme = signal<Theme>(read())

export function setTheme(to: Theme): void {
  theme.value = to
  try {
    localStorage.setItem(STORED, to)
  } catch {
    // Not remembered, then.
  }
}

function read(): Theme {
  try {
    const kept = localStorage.getItem(STORED)
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}
