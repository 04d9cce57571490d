// Form fields of the console: each with its label above it.
import { useId } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { t } from '../../text/messages'

interface FieldProps {
  label: string
  value: string
  onValue: (value: string) => void
  most?: number
  lines?: number
  required?: boolean
  /** A telephone number: it runs from the left in every script, and a telephone shows its digits. */
  isNumber?: boolean
}

export function Field({ label, value, onValue, most, lines, required, isNumber }: FieldProps) {
  const id = useId()
  return (
    <div class="h-field">
      <label for={id}>{label}</label>
      {lines === undefined ? (
        <input
          id={id}
          dir={isNumber === true ? 'ltr' : 'auto'}
          inputMode={isNumber === true ? 'tel' : undefined}
          value={value}
          maxLength={most}
          required={required}
          autocomplete="off"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      ) : (
        <textarea id={id} dir="auto" rows={lines} maxLength={most} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
    </div>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  value: T
  options: readonly (readonly [T, string])[]
  onValue: (value: T) => void
}

export function Choice<T extends string>({ label, value, options, onValue }: ChoiceProps<T>) {
  const id = useId()
  return (
    <div class="h-field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
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
    </div>
  )
}

/** A form whose sending never leaves the page. */
export function Form({ onSend, label, children }: { onSend: () => void; label: string; children: ComponentChildren }) {
  return (
    <form
      class="h-form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        onSend()
      }}
    >
      {children}
    </form>
  )
}

/** Where hosts ring somebody; nobody else sees it. */
export function TelephoneField({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  return <Field label={t('Telephone, with the code of the country; only hosts see it')} value={value} most={40} isNumber onValue={onValue} />
}
