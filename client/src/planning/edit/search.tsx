// A choice from a long list by typing a part of it: places for their time zones, countries, languages.
import { useId, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { useEditing } from './editing'
import type { Fault } from '../types'
import { Field } from './parts'
import { slug } from './rules'

export interface Found {
  value: string
  words: string
  /** More that it is found by. */
  also?: string
}

const SHOWN_MOST = 8

/** Those whose words begin with, else contain, what was typed, in any letters; the nearest first. */
export function search(all: readonly Found[], typed: string, most = SHOWN_MOST): readonly Found[] {
  const wanted = slug(typed)
  const plain = typed.trim().toLocaleLowerCase()
  if (plain === '') return all.slice(0, most)
  const ranked: [number, Found][] = []
  for (const one of all) {
    const hay = `${one.words} ${one.also ?? ''}`.toLocaleLowerCase()
    const latin = `-${slug(hay)}`
    const rank =
      hay.startsWith(plain) ? 0
      : hay.includes(` ${plain}`) || (wanted !== '' && latin.includes(`-${wanted}`)) ? 1
      : hay.includes(plain) || (wanted !== '' && latin.includes(wanted)) ? 2
      : 3 // prettier-ignore
    if (rank < 3) ranked.push([rank, one])
  }
  return ranked
    .sort(([one], [other]) => one - other)
    .slice(0, most)
    .map(([, one]) => one)
}

interface Props {
  label: string
  value: string
  options: () => readonly Found[]
  onChoose: (value: string) => void
  hint?: string
  faults?: readonly Fault[]
  /** Whether nothing may be chosen too. */
  empty?: boolean
  /** The field is emptied once something is chosen: for adding to a list. */
  adds?: boolean
}

export function Search({ label, value, options, onChoose, hint, faults, empty = false, adds = false }: Props) {
  const { off } = useEditing()
  const list = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const [aim, setAim] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const all = useMemo(options, [options])
  const now = all.find((one) => one.value === value)?.words ?? value
  const found = typed === null ? [] : search(all, typed === now ? '' : typed)
  const open = typed !== null

  function choose(one: Found | undefined): void {
    if (one === undefined) return
    onChoose(one.value)
    setTyped(adds ? '' : null)
    if (adds) setTyped(null)
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) setTyped(now)
      else setAim((aim + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter' && open) {
      event.preventDefault()
      choose(found[aim])
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      event.stopPropagation()
      setTyped(null)
    }
  }

  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} {...(faults === undefined ? {} : { faults })}>
      {({ id, by, bad }) => (
        <div class="e-search">
          <input
            id={id}
            ref={input}
            role="combobox"
            dir="auto"
            autocomplete="off"
            spellcheck={false}
            readOnly={off}
            value={typed ?? (adds ? '' : now)}
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={open && found[aim] !== undefined ? `${list}${aim}` : undefined}
            aria-describedby={by}
            aria-invalid={bad ? 'true' : undefined}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => {
              const words = event.currentTarget.value
              setAim(0)
              if (words === '' && empty) onChoose('')
              setTyped(words)
            }}
            onKeyDown={key}
            onBlur={() => setTyped(null)}
          />
          <ul id={list} role="listbox" class="e-found" hidden={!open} aria-label={label}>
            {found.map((one, index) => (
              <li
                key={one.value}
                id={`${list}${index}`}
                role="option"
                aria-selected={index === aim}
                // The field keeps the focus, so that leaving it does not close the list before the press is seen.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => choose(one)}
              >
                {one.words}
              </li>
            ))}
            {open && found.length === 0 && (
              <li role="option" aria-selected={false} aria-disabled="true">
                {t('Nothing found. Try another spelling, or a larger town near it.')}
              </li>
            )}
          </ul>
        </div>
      )}
    </Field>
  )
}
