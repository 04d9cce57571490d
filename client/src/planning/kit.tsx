// What the pages of planning are made of: large buttons, fields with their labels above, calm notices, a bar that can undo.
import { signal, type Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../text/messages'
import { directionOf } from '../view/speech'
import { api } from './asking'
import type { Fault, Text } from './types'
import { languageName, pick, said, tagOf } from './words'

// --- Buttons ---

export type Kind = 'plain' | 'main' | 'quiet' | 'danger'

export interface ButtonProps {
  onPress: () => void
  children: ComponentChildren
  kind?: Kind
  /** What assistive technology says where the words on the button are not enough. */
  label?: string
  /** It stays focusable, so that nobody loses their place. */
  disabled?: boolean
  pressed?: boolean
  expanded?: boolean
  controls?: string
}

export function Button({ onPress, children, kind = 'plain', label, disabled = false, pressed, expanded, controls }: ButtonProps) {
  return (
    <button
      type="button"
      class={`p-button is-${kind}`}
      aria-label={label}
      aria-disabled={disabled ? 'true' : undefined}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-controls={controls}
      onClick={() => {
        if (!disabled) onPress()
      }}
    >
      {children}
    </button>
  )
}

/** The button that sends the form it stands in. */
export function Send({ children, busy = false, kind = 'main' }: { children: ComponentChildren; busy?: boolean; kind?: Kind }) {
  return (
    <button type="submit" class={`p-button is-${kind}`} aria-disabled={busy ? 'true' : undefined}>
      {busy ? t('One moment…') : children}
    </button>
  )
}

export interface LinkButtonProps {
  href: string
  children: ComponentChildren
  kind?: Kind
  label?: string
  /** Opens beside this page. */
  beside?: boolean
  download?: boolean
}

export function LinkButton({ href, children, kind = 'plain', label, beside = false, download = false }: LinkButtonProps) {
  return (
    <a
      class={`p-button is-${kind}`}
      href={href}
      aria-label={label}
      target={beside ? '_blank' : undefined}
      rel={beside ? 'noopener' : undefined}
      download={download || undefined}
    >
      {children}
    </a>
  )
}

export function Buttons({ children }: { children: ComponentChildren }) {
  return <div class="p-buttons">{children}</div>
}

const ARMED_MS = 6000
/** Two presses nearer than this are one: a trembling hand, a habit. */
const APART_MS = 600

export interface ConfirmProps {
  /** What it says at first. */
  words: string
  /** What it says while it waits for the second press. */
  again: string
  onPress: () => void
  kind?: Kind
  label?: string
  disabled?: boolean
}

/** A button for what should not happen by a slip: the first press asks, the second does it. */
export function Confirm({ words, again, onPress, kind = 'plain', label, disabled = false }: ConfirmProps) {
  const [armed_ms, setArmed] = useState<number | null>(null)
  useEffect(() => {
    if (armed_ms === null) return
    const timer = setTimeout(() => setArmed(null), ARMED_MS)
    return () => clearTimeout(timer)
  }, [armed_ms])
  return (
    <>
      <button
        type="button"
        class={`p-button is-${armed_ms === null ? kind : 'danger'}`}
        aria-label={armed_ms === null ? label : undefined}
        aria-disabled={disabled ? 'true' : undefined}
        onBlur={() => setArmed(null)}
        onClick={() => {
          if (disabled) return
          const now_ms = performance.now()
          if (armed_ms === null) setArmed(now_ms)
          else if (now_ms - armed_ms >= APART_MS) {
            setArmed(null)
            onPress()
          }
        }}
      >
        {armed_ms === null ? words : again}
      </button>
      <span class="unseen" role="status">
        {armed_ms === null ? '' : again}
      </span>
    </>
  )
}

// --- Fields ---

export interface FieldProps {
  label: string
  hint?: string | undefined
  /** What is wrong with it, in a sentence. */
  fault?: string | undefined
  optional?: boolean | undefined
  /** Draws what is typed into: `id` for the label, `about` for aria-describedby. */
  children: (ids: { id: string; about: string | undefined; invalid: 'true' | undefined }) => ComponentChildren
}

export function Field({ label, hint, fault, optional, children }: FieldProps) {
  const id = useId()
  const about = [hint ? `${id}h` : '', fault ? `${id}f` : ''].filter((one) => one !== '').join(' ')
  return (
    <div class="p-field" data-fault={fault ? '' : undefined}>
      <label for={id}>
        {label}
        {optional === true && <span class="p-aside"> {t('(may stay empty)')}</span>}
      </label>
      {hint ? (
        <p class="p-hint" id={`${id}h`}>
          {hint}
        </p>
      ) : null}
      {children({ id, about: about === '' ? undefined : about, invalid: fault ? 'true' : undefined })}
      {fault ? (
        <p class="p-fault" id={`${id}f`}>
          {fault}
        </p>
      ) : null}
    </div>
  )
}

export interface TextFieldProps {
  label: string
  value: string
  onValue: (value: string) => void
  hint?: string | undefined
  fault?: string | undefined
  optional?: boolean | undefined
  required?: boolean | undefined
  most?: number | undefined
  /** More than one makes it a field of several lines. */
  lines?: number | undefined
  type?: 'text' | 'email' | 'tel' | 'date' | 'time' | 'number' | 'url' | 'search' | undefined
  least?: number | undefined
  greatest?: number | undefined
  lang?: string | undefined
  /** The id of a datalist. */
  list?: string | undefined
  autocomplete?: string | undefined
}

export function TextField(props: TextFieldProps) {
  const { label, value, onValue, hint, fault, optional, required, most, lines, type = 'text', lang, list } = props
  const direction = lang === undefined ? 'auto' : directionOf(lang)
  return (
    <Field label={label} hint={hint} fault={fault} optional={optional}>
      {({ id, about, invalid }) =>
        lines !== undefined && lines > 1 ? (
          <textarea
            id={id}
            rows={lines}
            dir={direction}
            lang={lang}
            maxLength={most}
            required={required}
            aria-describedby={about}
            aria-invalid={invalid}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        ) : (
          <input
            id={id}
            type={type}
            class={type === 'number' || type === 'date' || type === 'time' ? 'is-short' : undefined}
            dir={type === 'text' || type === 'search' ? direction : undefined}
            lang={lang}
            list={list}
            min={props.least}
            max={props.greatest}
            maxLength={most}
            required={required}
            autocomplete={props.autocomplete ?? 'off'}
            aria-describedby={about}
            aria-invalid={invalid}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        )
      }
    </Field>
  )
}

export type Options<T extends string> = readonly (readonly [T, string])[]

export interface SelectProps<T extends string> {
  label: string
  value: T
  options: Options<T>
  onValue: (value: T) => void
  hint?: string | undefined
  fault?: string | undefined
  optional?: boolean | undefined
}

export function Select<T extends string>({ label, value, options, onValue, hint, fault, optional }: SelectProps<T>) {
  return (
    <Field label={label} hint={hint} fault={fault} optional={optional}>
      {({ id, about, invalid }) => (
        <select
          id={id}
          value={value}
          aria-describedby={about}
          aria-invalid={invalid}
          onChange={(event) => {
            const found = options.find(([key]) => key === event.currentTarget.value)
            if (found !== undefined) onValue(found[0])
          }}
        >
          {options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export interface TickProps {
  label: ComponentChildren
  checked: boolean
  onValue: (checked: boolean) => void
  hint?: string | undefined
  disabled?: boolean | undefined
}

export function Tick({ label, checked, onValue, hint, disabled }: TickProps) {
  return (
    <label class="p-tick">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onValue(event.currentTarget.checked)} />
      <span>
        {label}
        {hint ? <small>{hint}</small> : null}
      </span>
    </label>
  )
}

/** Any number of a few. */
export function Checks<T extends string>(props: {
  label: string
  options: Options<T>
  chosen: readonly T[]
  onValue: (chosen: T[]) => void
  hint?: string | undefined
}) {
  const { label, options, chosen, onValue, hint } = props
  return (
    <fieldset class="p-choices">
      <legend>{label}</legend>
      {hint ? <p class="p-hint">{hint}</p> : null}
      {options.map(([key, words]) => (
        <Tick
          key={key}
          label={words}
          checked={chosen.includes(key)}
          onValue={(on) => onValue(options.map(([one]) => one).filter((one) => (one === key ? on : chosen.includes(one))))}
        />
      ))}
    </fieldset>
  )
}

/** One of a few. */
export function Radios<T extends string>(props: {
  label: string
  options: readonly (readonly [T, string, string?])[]
  value: T
  onValue: (value: T) => void
  hint?: string | undefined
}) {
  const name = useId()
  return (
    <fieldset class="p-choices">
      <legend>{props.label}</legend>
      {props.hint ? <p class="p-hint">{props.hint}</p> : null}
      {props.options.map(([key, words, hint]) => (
        <label key={key} class="p-tick">
          <input type="radio" name={name} checked={key === props.value} onChange={() => props.onValue(key)} />
          <span>
            {words}
            {hint ? <small>{hint}</small> : null}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

export interface TextInProps {
  label: string
  value: Text
  /** Tags, the most important first. */
  languages: readonly string[]
  onValue: (value: Text) => void
  lines?: number | undefined
  most?: number | undefined
  hint?: string | undefined
  /** What is wrong, by language; under '' what is wrong with the whole. */
  faults?: Readonly<Record<string, string>> | undefined
  optional?: boolean | undefined
}

/** A text in several languages: a field for each, one under the other. */
export function TextIn({ label, value, languages, onValue, lines, most, hint, faults, optional }: TextInProps) {
  const id = useId()
  const tags = [...languages, ...Object.keys(value).filter((tag) => !languages.includes(tag))]
  const set = (tag: string, words: string) => {
    const { [tag]: _, ...others } = value
    onValue(words === '' ? others : { ...others, [tag]: words })
  }
  return (
    <fieldset class="p-textin" aria-describedby={hint ? `${id}h` : undefined}>
      <legend>
        {label}
        {optional === true && <span class="p-aside"> {t('(may stay empty)')}</span>}
      </legend>
      {hint ? (
        <p class="p-hint" id={`${id}h`}>
          {hint}
        </p>
      ) : null}
      {tags.map((tag) => (
        <TextField
          key={tag}
          label={languageName(tag)}
          lang={tag}
          value={value[tag] ?? ''}
          lines={lines}
          most={most}
          fault={faults?.[tag]}
          onValue={(words) => set(tag, words)}
        />
      ))}
      {faults?.[''] ? <p class="p-fault">{faults['']}</p> : null}
    </fieldset>
  )
}

/** A form whose sending never leaves the page. */
export function Form({ label, onSend, children }: { label: string; onSend: () => void; children: ComponentChildren }) {
  return (
    <form
      class="p-form"
      aria-label={label}
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault()
        onSend()
      }}
    >
      {children}
    </form>
  )
}

// --- What is said ---

/** A text of the series on one line, marked with its language. */
export function Said({ of }: { of: Text | null | undefined }) {
  const tag = tagOf(of)
  return (
    <bdi lang={tag === '' ? undefined : tag} dir={tag === '' ? undefined : directionOf(tag)}>
      {pick(of)}
    </bdi>
  )
}

const SIGNS = {
  note: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5.5M12 7.6v.3',
  warning: 'M12 3.5 22 20.5H2ZM12 10v5M12 17.6v.3',
  done: 'M4 12.5 9.5 18 20 6.5',
  trouble: 'M8 3h8l5 5v8l-5 5H8l-5-5V8ZM12 7v6M12 16.2v.3',
} as const

export type Sign = keyof typeof SIGNS

/** A sign in the colour of the text; always beside words that say the same. */
export function Icon({ sign }: { sign: Sign }) {
  return (
    <svg class="p-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={SIGNS[sign]} />
    </svg>
  )
}

export interface NoticeProps {
  sign?: Sign
  /** Said aloud when it appears. */
  aloud?: boolean
  children: ComponentChildren
}

export function Notice({ sign = 'note', aloud = false, children }: NoticeProps) {
  return (
    <div class={`p-notice is-${sign}`} role={aloud ? 'alert' : undefined}>
      <Icon sign={sign} />
      <div>{children}</div>
    </div>
  )
}

/** A short mark in words beside a line: "Draft", "Cancelled". */
export function Mark({ sign, children }: { sign?: Sign; children: ComponentChildren }) {
  return (
    <span class={`p-mark is-${sign ?? 'plain'}`}>
      {sign !== undefined && <Icon sign={sign} />}
      {children}
    </span>
  )
}

/** Faults as a list, for those that no field shows. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return null
  return (
    <ul class="p-faults">
      {faults.map((fault, at) => (
        <li key={at}>
          <Icon sign={fault.severity === 'warning' ? 'warning' : 'trouble'} />
          <span>
            {fault.message}
            {fault.suggestion !== null && fault.suggestion !== '' && <> {fault.suggestion}</>}
            {fault.key !== '' && <small class="p-aside"> {fault.key}</small>}
          </span>
        </li>
      ))}
    </ul>
  )
}

export interface Column<T> {
  head: string
  cell: (row: T) => ComponentChildren
  /** Figures stand at the end of the cell. */
  digits?: boolean
}

/** A table that becomes a list of cards on a phone; the first column names the row. */
export function Table<T>({ caption, columns, rows, keyOf }: {
  caption: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}) {
  return (
    <table class="p-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.head} scope="col">
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column, at) =>
              at === 0 ? (
                <th key={column.head} scope="row">
                  {column.cell(row)}
                </th>
              ) : (
                <td key={column.head} data-head={column.head} class={column.digits === true ? 'is-digits' : undefined}>
                  {column.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The parts of a page, each with an address of its own. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly { id: string; words: string; href: string }[]; current: string }) {
  return (
    <nav class="p-tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.id}>
            <a href={tab.href} aria-current={tab.id === current ? 'page' : undefined}>
              {tab.words}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** A question in front of the page; Escape and the first button leave it as it was. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const id = useId()
  const shown = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = shown.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={shown}
      class="p-dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={id} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </dialog>
  )
}

// --- Saved, and to be undone ---

interface Told {
  words: string
  /** The entry of the trail by which it is undone; 0 where nothing can be. */
  trail: number
  trouble: boolean
  /** After an undo: whoever shows it looks again. */
  onUndone: (() => void) | null
}

const told = signal<Told | null>(null)
const QUIET_MS = 20_000
let quieter: ReturnType<typeof setTimeout> | undefined

function tellBar(next: Told | null): void {
  clearTimeout(quieter)
  told.value = next
  // What can be undone stays until something else is said.
  if (next !== null && next.trail === 0 && !next.trouble) quieter = setTimeout(() => (told.value = null), QUIET_MS)
}

/** Says in the bar below that something is done, with "Undo" where it can be undone. */
export function tell(words: string, trail = 0, onUndone: (() => void) | null = null): void {
  tellBar({ words, trail, trouble: false, onUndone })
}

/** Says in the bar below what went wrong. */
export function tellTrouble(error: unknown): void {
  tellBar({ words: said(error), trail: 0, trouble: true, onUndone: null })
}

/** Takes the bar away, as when another page is shown. */
export function hush(): void {
  tellBar(null)
}

/** The bar at the foot of the page: "Saved. Undo". */
export function SavedBar() {
  const now = told.value
  const [busy, setBusy] = useState(false)
  async function undo(of: Told): Promise<void> {
    if (busy) return
    setBusy(true)
    try {
      await api.undo(of.trail)
      tell(t('Undone.'))
      of.onUndone?.()
    } catch (error) {
      tellTrouble(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div class="p-saved" role="status" data-shown={now === null ? undefined : ''}>
      {now !== null && (
        <>
          <Icon sign={now.trouble ? 'trouble' : 'done'} />
          <p>{now.words}</p>
          <div class="p-buttons">
            {now.trail > 0 && (
              <Button onPress={() => void undo(now)} disabled={busy}>
                {t('Undo')}
              </Button>
            )}
            <Button kind="quiet" onPress={hush}>
              {t('Close')}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}

// --- What has to be fetched ---

export interface Loaded<T> {
  value: Signal<T | null>
  error: Signal<unknown>
  /** Looks again; what is shown stays until the answer is there. */
  again: () => Promise<void>
}

/** What `ask` answers, asked anew whenever `keys` change. */
export function useLoaded<T>(ask: () => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [loaded] = useState(() => {
    let turn = 0
    const value = signal<T | null>(null)
    const error = signal<unknown>(null)
    const look = async (asked: () => Promise<T>, fresh: boolean) => {
      const mine = ++turn
      if (fresh) value.value = null
      error.value = null
      try {
        const found = await asked()
        if (mine === turn) value.value = found
      } catch (fault) {
        if (mine === turn) error.value = fault
      }
    }
    return { value, error, look }
  })
  useEffect(() => {
    void loaded.look(ask, true)
  }, keys)
  return { value: loaded.value, error: loaded.error, again: () => loaded.look(ask, false) }
}

/** Draws what has been fetched; until then, and where it cannot be, says so. */
export function Show<T>({ of, children }: { of: Loaded<T>; children: (value: T) => ComponentChildren }) {
  const { value, error } = of
  return (
    <>
      {error.value !== null && (
        <Notice sign="trouble" aloud>
          <p>{said(error.value)}</p>
          <Buttons>
            <Button onPress={() => void of.again()}>{t('Try again')}</Button>
          </Buttons>
        </Notice>
      )}
      {value.value !== null ? children(value.value) : error.value === null && <p class="p-waiting">{t('One moment…')}</p>}
    </>
  )
}

/** Does one thing at a time; what fails is told in the bar. Returns [whether it is at work, what starts it]. */
export function useDoing(): [boolean, (work: () => Promise<void>) => void] {
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  return [
    busy,
    (work) => {
      if (running.current) return
      running.current = true
      setBusy(true)
      void work()
        .catch(tellTrouble)
        .finally(() => {
          running.current = false
          setBusy(false)
        })
    },
  ]
}

/** Puts a text where it can be pasted. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false)
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
    } catch {
      tell(t('This browser does not let the page copy. Please mark the address and copy it yourself.'))
    }
  }
  return (
    <Button onPress={() => void copy()} label={label}>
      {done ? t('Copied') : t('Copy')}
    </Button>
  )
}
