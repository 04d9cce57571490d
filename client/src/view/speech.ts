// The language of the page: the person's choice, kept in a cookie, spoken at once.
import { signal } from '@preact/signals'
import { language, loadLanguage, type Share } from '../text/messages'

const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur', 'yi']
const YEAR_S = 365 * 24 * 3600

/** The language spoken; a page draws itself anew when it changes. */
export const tongue = signal(language())

/** Speaks the language of the page as it came; English where that cannot be fetched. */
export async function beginToSpeak(tag: string, share: Share): Promise<void> {
  await loadLanguage(tag, share).catch(() => undefined)
  tongue.value = language()
}

/** Speaks another language, now and on the next visit; stays as it is where that cannot be fetched. */
export async function chooseLanguage(tag: string): Promise<void> {
  await loadLanguage(tag)
  document.cookie = `lang=${encodeURIComponent(tag)}; path=/; max-age=${YEAR_S}; samesite=lax`
  document.documentElement.lang = tag
  document.documentElement.dir = directionOf(tag)
  tongue.value = language()
}

export function directionOf(tag: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(tag.split('-')[0] ?? '') ? 'rtl' : 'ltr'
}
