// Buttons of the console: one that keeps still in a silence, one that wants a second press, and the marks of states.
import type { ComponentChildren } from 'preact'
import type { Desk } from './desk'

interface PressProps {
  desk: Desk
  onPress: () => void
  children: ComponentChildren
  /** What assistive technology says where the words on the button are not enough. */
  label?: string
  kind?: 'plain' | 'main' | 'quiet'
  disabled?: boolean
  pressed?: boolean
  /** Works in a silence too: it changes nothing for the audience. */
  always?: boolean
  title?: string
}

/** A button that does nothing in a silence. It stays focusable, so that nobody loses their place. */
export function Press({ desk, onPress, children, label, kind, disabled, pressed, always, title }: PressProps) {
  const off = disabled === true || (always !== true && desk.calm.value)
  return (
    <button
      type="button"
      class={`h-press is-${kind ?? 'plain'}`}
      aria-disabled={off ? 'true' : undefined}
      aria-label={label}
      aria-pressed={pressed}
      title={title}
      onClick={() => {
        if (!off) onPress()
      }}
    >
      {children}
    </button>
  )
}

interface TwiceProps extends Omit<PressProps, 'children'> {
  /** Tells this button from all others. */
  id: string
  /** What it says before the first press. */
  words: string
  /** What it will do, said while it waits for the second press. */
  again: string
}

/** A button for what should not happen by a slip: the first press asks, the second within five seconds does it. */
export function Twice({ id, words, again, onPress, ...rest }: TwiceProps) {
  const armed = rest.desk.armed.value === id
  return (
    <Press
      {...rest}
      kind={armed ? 'main' : (rest.kind ?? 'plain')}
      disabled={rest.disabled === true || (armed && !rest.desk.ripe.value)}
      label={armed ? again : rest.label}
      onPress={() => {
        if (rest.desk.press(id, again)) onPress()
      }}
    >
      {armed ? again : words}
    </Press>
  )
}

const MARKS = {
  planned: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  standby: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3ZM8 5v3l2 2',
  live: 'M4 2.5 13.5 8 4 13.5Z',
  held: 'M4.5 3v10M11.5 3v10',
  done: 'M2.5 8.5 6.5 12.5 13.5 4',
  skipped: 'M3 13 13 3',
  warning: 'M8 2 15 14H1ZM8 6.5v3.5M8 12v.2',
} as const

export type Mark = keyof typeof MARKS

/** A mark drawn in the colour of the text; always beside a word that says the same. */
export function Icon({ mark }: { mark: Mark }) {
  return (
    <svg class={`h-mark is-${mark}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={MARKS[mark]} />
    </svg>
  )
}
