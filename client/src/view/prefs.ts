// How a person likes the page on this device: large text, light or dark, moving pictures, sound.
import { computed, effect, signal } from '@preact/signals'
import { localStorageOrNull } from '../storage'

export interface Prefs {
  large: boolean
  light: boolean
  video: boolean
  muted: boolean
}

const KEY = 'memorata.prefs'
const USUAL: Prefs = { large: false, light: false, video: true, muted: false }

export const prefs = signal<Prefs>(remembered())

/** Whether another window of this browser sounds for this person. */
export const elsewhere = signal(false)

/** Whether nothing is to be heard here: turned off, or left to another window. */
export const silenced = computed(() => prefs.value.muted || elsewhere.value)

function remembered(): Prefs {
  try {
    const kept: unknown = JSON.parse(localStorageOrNull()?.getItem(KEY) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return USUAL
    const found = { ...USUAL }
    for (const name of Object.keys(USUAL) as (keyof Prefs)[]) {
      const value = (kept as Record<string, unknown>)[name]
      // Sound is never off from an earlier day: nobody should wonder why they hear nothing.
      if (typeof value === 'boolean' && name !== 'muted') found[name] = value
    }
    return found
  } catch {
    return USUAL
  }
}

export function setPref(patch: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...patch }
  try {
    localStorageOrNull()?.setItem(KEY, JSON.stringify(prefs.value))
  } catch {
    // A private window may refuse; it then lasts as long as the page.
  }
}

/** Writes them onto the page, now and at each change. */
export function applyPrefs(): () => void {
  return effect(() => {
    const { large, light } = prefs.value
    const html = document.documentElement
    html.toggleAttribute('data-large', large)
    if (light) html.dataset['theme'] = 'light'
    else delete html.dataset['theme']
  })
}
