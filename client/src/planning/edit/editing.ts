// What the fields of one editor share: the draft, the forms, the languages of the ceremony, and whether it may be changed.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { language } from '../../text/messages'
import type { Draft } from './draft'
import type { Json } from './paths'
import type { Forms } from './shapes'

export interface Editing {
  draft: Draft
  forms: Forms
  /** The languages of the ceremony, its own first. */
  languages: readonly string[]
  /** The halls of the series, which a date's own programme may name too. */
  halls: readonly Json[]
  /** Read-only: kept in a file. */
  off: boolean
}

export const EditingContext = createContext<Editing | null>(null)

export function useEditing(): Editing {
  const found = useContext(EditingContext)
  if (found === null) throw new Error('a field outside of an editor')
  return found
}

/** A language by its name in the language of the page, to search by. */
export function nameHere(tag: string): string {
  try {
    return new Intl.DisplayNames([language()], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
