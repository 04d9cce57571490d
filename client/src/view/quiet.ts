// What must not be seen during a silence, without moving anything: it keeps its place, and the focus where it is.
import { useRef } from 'preact/hooks'
import type { RefObject } from 'preact'

export interface Quiet {
  ref: RefObject<HTMLDivElement | null>
  'data-hushed': 'hidden' | 'faded' | undefined
  inert: boolean
}

/**
 * Attributes for what disappears while `calm`. Taking away what has the focus would move the focus; that alone stays,
 * unseen, until the silence is over.
 */
export function useQuiet(calm: boolean): Quiet {
  const ref = useRef<HTMLDivElement | null>(null)
  const was = useRef(false)
  const focused = useRef(false)
  if (calm && !was.current) focused.current = ref.current?.contains(document.activeElement) ?? false
  was.current = calm
  return { ref, 'data-hushed': calm ? (focused.current ? 'faded' : 'hidden') : undefined, inert: calm && !focused.current }
}
