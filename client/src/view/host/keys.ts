// The keys of the console: each with a name that the help shows. Function keys and one chord, so that no letter is a trap.
import { signal } from '@preact/signals'
import { mark } from '../../text/messages'

export type KeyAct = 'next' | 'picture' | 'hold' | 'disarm'

export interface Key {
  /** As it is written on keyboards. */
  name: string
  act: KeyAct
  words: string
}

export const KEYS: readonly Key[] = [
  { name: 'F8', act: 'next', words: mark('The large button: what comes next') },
  { name: 'Ctrl + Enter', act: 'next', words: mark('The same, outside of text fields') },
  { name: 'F9', act: 'picture', words: mark('Holding picture, and back to the ceremony') },
  { name: 'F10', act: 'hold', words: mark('Hold the live item, and go on') },
  { name: 'Esc', act: 'disarm', words: mark('Forget a first press') },
]

const STORED = 'memorata.console.keys'

/** Whether the keys do anything; remembered on this device. */
export const keysOn = signal(read())

export function setKeys(on: boolean): void {
  keysOn.value = on
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off')
  } catch {
    // Not remembered, then.
  }
}

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true
  }
}

export interface Pressed {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  repeat: boolean
  /** Whether the focus is where people write. */
  writing: boolean
}

/** What a key press asks for; null for nothing, as for a key that is held down. */
export function keyAct(press: Pressed): KeyAct | null {
  if (press.repeat || press.altKey || press.shiftKey) return null
  const chord = press.ctrlKey || press.metaKey
  if (press.key === 'Enter') return chord && !press.writing ? 'next' : null
  if (chord) return null
  if (press.key === 'F8') return 'next'
  if (press.key === 'F9') return 'picture'
  if (press.key === 'F10') return 'hold'
  return press.key === 'Escape' ? 'disarm' : null
}
