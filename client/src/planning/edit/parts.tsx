// Form fields of the editors: each with its label above it, its explanation and its faults below the label.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { t, tn } from '../../text/messages'
import { useEditing } from './editing'
import type { Fault } from '../types'

interface Shell {
  label: string
  hint?: string
  faults?: readonly Fault[]
}

interface Inner {
  id: string
  /** Ids of what describes the field, for `aria-describedby`. */
  by: string | undefined
  bad: boolean
}

/** Label, hint and faults around one control. */
export function Field({ label, hint = '', faults = [], children, wide }: Shell & { children: (inner: Inner) => ComponentChildren; wide?: boolean }) {
  const id = useId()
  const told = [hint === '' ? '' : `${id}hint`, faults.length === 0 ? '' : `${id}faults`].filter((part) => part !== '').join(' ')
  return (
    <div class={`e-field${wide === true ? ' is-wide' : ''}`}>
      <label for={id}>{label}</label>
      {hint !== '' && (
        <p class="e-hint" id={`${id}hint`}>
          {hint}
        </p>
      )}
      {children({ id, by: told === '' ? undefined : told, bad: faults.some((fault) => fault.severity === 'fault') })}
      <Faults faults={faults} label={label} id={`${id}faults`} />
    </div>
  )
}

/** Several controls under one heading. */
export function Group({ label, hint = '', faults = [], children, wide }: Shell & { children: ComponentChildren; wide?: boolean }) {
  const id = useId()
  return (
    <div class={`e-field is-group${wide === true ? ' is-wide' : ''}`} role="group" aria-labelledby={id} aria-describedby={faults.length > 0 ? `${id}faults` : undefined}>
      <span class="e-label" id={id}>
        {label}
      </span>
      {hint !== '' && <p class="e-hint">{hint}</p>}
      {children}
      <Faults faults={faults} label={label} id={`${id}faults`} />
    </div>
  )
}

/** A fault in plain words; where there are none for it here, as the server says it. */
export function faultWords(fault: Fault, label: string): string {
  switch (fault.code) {
    case 'schedule.missing_key':
    case 'schedule.empty':
      return t('Please fill this in.')
    case 'schedule.untranslated':
      return t('Not in all languages yet.')
    case 'schedule.no_source':
      return t('It is good to know where the date comes from.')
    case 'schedule.no_language':
      return t('Please write this in at least one language of the ceremony.')
    case 'schedule.no_captions':
      return t('Captions are missing: people who hear badly cannot follow it.')
    case 'schedule.impossible_date':
      return t('There is no such date.')
    case 'schedule.impossible_time':
      return t('There is no such time of day.')
    case 'schedule.unknown_zone':
      return t('Please choose a place from the list.')
    case 'schedule.unknown_country':
      return t('Please choose a country or region from the list.')
    case 'schedule.unknown_language':
      return t('Please choose a language from the list.')
    case 'schedule.unknown_hall':
      return t('There is no such hall any more. Please choose one from the list.')
    case 'schedule.lobby_not_first':
      return t('The lobby comes first, and there is one.')
    case 'schedule.long':
      return t('It is longer than 60 minutes without a pause: too long for people of ninety.')
    default:
      return `${label}: ${fault.message}`
  }
}

export function Faults({ faults, label, id }: { faults: readonly Fault[]; label: string; id?: string }) {
  if (faults.length === 0) return null
  return (
    <ul class="e-faults" id={id}>
      {faults.map((fault) => (
        <li key={`${fault.key} ${fault.code}`} class={fault.severity === 'fault' ? 'is-fault' : 'is-warning'}>
          <b>{fault.severity === 'fault' ? t('To be put right:') : t('Please look:')}</b> {faultWords(fault, label)}
          {fault.suggestion !== null && ` ${fault.suggestion}`}
        </li>
      ))}
    </ul>
  )
}

interface WordsProps extends Shell {
  value: string
  onValue: (value: string) => void
  lines?: number
  type?: 'text' | 'date' | 'time' | 'tel' | 'url'
  lang?: string
  most?: number
  /** What stands there when nothing is written. */
  otherwise?: string
}

export function Words({ value, onValue, lines, type = 'text', lang, most, otherwise, ...shell }: WordsProps) {
  const { off } = useEditing()
  // The attributes of a field are another union for each type; here it is any of them.
  const typed = { type } as { type: 'text' }
  return (
    <Field {...shell}>
      {({ id, by, bad }) =>
        lines === undefined ? (
          <input
            id={id}
            class={type === 'text' || type === 'url' ? 'is-long' : 'is-short'}
            {...typed}
            dir={type === 'text' ? 'auto' : undefined}
            lang={lang}
            value={value}
            maxLength={most}
            placeholder={otherwise}
            readOnly={off}
            autocomplete="off"
            aria-describedby={by}
            aria-invalid={bad ? 'true' : undefined}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        ) : (
          <Area id={id} by={by} bad={bad} lang={lang} lines={lines} value={value} onValue={onValue} off={off} />
        )
      }
    </Field>
  )
}

interface AreaProps {
  id: string
  value: string
  lines: number
  off: boolean
  onValue: (value: string) => void
  by?: string | undefined
  bad?: boolean
  lang?: string | undefined
  label?: string
}

/** Letters to a line of a narrow field. */
const LETTERS = 34
const LINES_MOST = 20

/** Grows with what is written. */
export function Area({ id, by, bad, lang, lines, value, onValue, off, label }: AreaProps) {
  const rows = Math.min(LINES_MOST, Math.max(lines, value.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / LETTERS), 0)))
  return (
    <textarea
      id={id}
      dir="auto"
      lang={lang}
      rows={rows}
      value={value}
      readOnly={off}
      aria-label={label}
      aria-describedby={by}
      aria-invalid={bad === true ? 'true' : undefined}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  )
}

interface NumberProps extends Shell {
  value: number | null
  onValue: (value: number | null) => void
  low?: number | null
  high?: number | null
  whole?: boolean
  otherwise?: number | null
  unit?: string
}

export function Numeral({ value, onValue, low, high, whole = true, otherwise, unit, ...shell }: NumberProps) {
  const { off } = useEditing()
  return (
    <Field {...shell}>
      {({ id, by, bad }) => (
        <span class="e-inline">
          <input
            id={id}
            class="is-number"
            type="number"
            inputMode={whole ? 'numeric' : 'decimal'}
            min={low ?? undefined}
            max={high ?? undefined}
            step={whole ? 1 : 'any'}
            value={value ?? ''}
            placeholder={otherwise == null ? undefined : String(otherwise)}
            readOnly={off}
            aria-describedby={by}
            aria-invalid={bad ? 'true' : undefined}
            onInput={(event) => {
              const read = event.currentTarget.valueAsNumber
              onValue(Number.isNaN(read) ? null : whole ? Math.round(read) : read)
            }}
          />
          {unit !== undefined && <span>{unit}</span>}
        </span>
      )}
    </Field>
  )
}

interface LengthProps extends Shell {
  value: number | null
  onValue: (value: number | null) => void
  otherwise?: number | null
}

/** A length in minutes and seconds; both empty is none. */
export function Length({ value, onValue, otherwise, label, hint, faults }: LengthProps) {
  const { off } = useEditing()
  const minutes = value === null ? null : Math.floor(value / 60)
  const rest = value === null ? null : Math.round((value % 60) * 10) / 10
  const read = (input: HTMLInputElement) => (Number.isNaN(input.valueAsNumber) ? null : Math.max(0, input.valueAsNumber))
  const set = (whole: number | null, seconds: number | null) => onValue(whole === null && seconds === null ? null : (whole ?? 0) * 60 + (seconds ?? 0))
  return (
    <Group label={label} {...(hint === undefined ? {} : { hint })} {...(faults === undefined ? {} : { faults })}>
      <span class="e-inline">
        <label class="e-inline">
          <input
            class="is-number"
            type="number"
            inputMode="numeric"
            min={0}
            value={minutes ?? ''}
            placeholder={otherwise == null ? undefined : String(Math.floor(otherwise / 60))}
            readOnly={off}
            onInput={(event) => set(read(event.currentTarget), rest === 0 && read(event.currentTarget) === null ? null : rest)}
          />
          {t('min')}
        </label>
        <label class="e-inline">
          <input
            class="is-number"
            type="number"
            inputMode="decimal"
            min={0}
            step="any"
            value={rest ?? ''}
            placeholder={otherwise == null ? undefined : String(Math.round(otherwise % 60))}
            readOnly={off}
            onInput={(event) => set(minutes === 0 && read(event.currentTarget) === null ? null : minutes, read(event.currentTarget))}
          />
          {t('s')}
        </label>
      </span>
    </Group>
  )
}

export function Tick({ label, hint = '', faults = [], value, onValue }: Shell & { value: boolean; onValue: (value: boolean) => void }) {
  const { off } = useEditing()
  const id = useId()
  return (
    <div class="e-field">
      <label class="e-tick">
        <input
          type="checkbox"
          checked={value}
          disabled={off}
          aria-describedby={hint === '' ? undefined : id}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {hint !== '' && (
        <p class="e-hint" id={id}>
          {hint}
        </p>
      )}
      <Faults faults={faults} label={label} />
    </div>
  )
}

export type Options = readonly (readonly [value: string, words: string])[]

export function Choice({ value, options, onValue, ...shell }: Shell & { value: string; options: Options; onValue: (value: string) => void }) {
  return <Field {...shell}>{(inner) => <Select {...inner} value={value} options={options} onValue={onValue} />}</Field>
}

interface SelectProps {
  value: string
  options: Options
  onValue: (value: string) => void
  id?: string
  by?: string | undefined
  bad?: boolean
  label?: string
}

export function Select({ id, by, bad, value, options, onValue, label }: SelectProps) {
  const { off } = useEditing()
  const known = options.some(([key]) => key === value)
  return (
    <select
      id={id}
      value={value}
      disabled={off}
      aria-label={label}
      aria-describedby={by}
      aria-invalid={bad === true ? 'true' : undefined}
      onChange={(event) => onValue(event.currentTarget.value)}
    >
      {!known && <option value={value}>{value}</option>}
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  )
}

interface RadiosProps extends Shell {
  value: string
  options: readonly { value: string; words: string; what?: string }[]
  onValue: (value: string) => void
}

/** A choice of one, each explained; the whole row is the target. */
export function Radios({ label, hint = '', faults = [], value, options, onValue }: RadiosProps) {
  const { off } = useEditing()
  const name = useId()
  return (
    <fieldset class="e-field e-radios">
      <legend class="e-label">{label}</legend>
      {hint !== '' && <p class="e-hint">{hint}</p>}
      <div class="e-choices">
        {options.map((option) => (
          <label key={option.value} class="e-choice">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={off}
              onChange={() => onValue(option.value)}
            />
            <span>
              {option.words}
              {option.what !== undefined && <small>{option.what}</small>}
            </span>
          </label>
        ))}
      </div>
      <Faults faults={faults} label={label} />
    </fieldset>
  )
}

interface PressProps {
  children: ComponentChildren
  onPress: () => void
  kind?: 'main' | 'quiet'
  off?: boolean
  label?: string
  pressed?: boolean
  expanded?: boolean
  id?: string
}

export function Press({ children, onPress, kind, off, label, pressed, expanded, id }: PressProps) {
  return (
    <button
      type="button"
      id={id}
      class={`p-button is-${kind ?? 'plain'}`}
      aria-disabled={off === true ? 'true' : undefined}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={() => {
        if (off !== true) onPress()
      }}
    >
      {children}
    </button>
  )
}

/** "3 to be put right, 1 to look at"; nothing where all is well. */
export function countWords(faults: number, warnings: number): string {
  return [
    faults === 0 ? '' : tn('{n} thing to be put right', '{n} things to be put right', faults),
    warnings === 0 ? '' : tn('{n} thing to look at', '{n} things to look at', warnings),
  ]
    .filter((part) => part !== '')
    .join(', ')
}
