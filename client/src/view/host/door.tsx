// Before the console opens: one press, which also allows sound; a name for the other hosts, if one likes.
import { signal } from '@preact/signals'
import { t } from '../../text/messages'
import { Failure } from '../../session'
import { dateAt, timeAt, zoneName } from '../dates'
import type { Desk } from './desk'
import { Field, Form } from './fields'
import { hear } from './preview'

const STORED = 'memorata.console.name'

const name = signal('')
const pin = signal('')
const pinAsked = signal(false)
const trouble = signal('')
const opening = signal(false)

export function Door({ desk }: { desk: Desk }) {
  const { boot } = desk.live.value
  const programme = boot.programme
  return (
    <div class="h-door">
      <p class="h-eyebrow">{t('Host console')}</p>
      <h1>{desk.text(programme?.title) || t('A ceremony')}</h1>
      {programme !== null && (
        <p>
          {dateAt(programme.starts_ms, programme.zone)}, {timeAt(programme.starts_ms, programme.zone)} ({zoneName(programme.zone, programme.starts_ms)})
        </p>
      )}
      <Form label={t('Open the console')} onSend={() => void open(desk)}>
        <Field label={t('Your name, for the other hosts (may stay empty)')} value={name.value} most={60} onValue={(value) => (name.value = value)} />
        {pinAsked.value && (
          <Field label={t('PIN of this link')} value={pin.value} most={10} required onValue={(value) => (pin.value = value)} />
        )}
        <button type="submit" class="h-press is-main" aria-disabled={opening.value ? 'true' : undefined}>
          {opening.value ? t('Opening…') : t('Open the console')}
        </button>
      </Form>
      <p role="status">{trouble.value}</p>
      <p class="h-facts">
        {t('Opening changes nothing for the participants. Several hosts may have it open; all see and conduct the same ceremony.')}
      </p>
      {boot.telephone !== '' && <p class="h-facts">{t('Help by telephone: {number}', { number: boot.telephone })}</p>}
    </div>
  )
}

/** What a host calls themselves before the other hosts. */
export function doorName(): string {
  return name.peek().trim()
}

export function rememberName(): void {
  try {
    name.value = localStorage.getItem(STORED) ?? ''
  } catch {
    // Then it is typed again.
  }
}

async function open(desk: Desk): Promise<void> {
  if (opening.value) return
  opening.value = true
  trouble.value = ''
  // The press allows sound; it stays off until the host wants to hear it.
  hear(desk, false)
  const given = name.value.trim()
  try {
    localStorage.setItem(STORED, given)
  } catch {
    // Not remembered, then.
  }
  try {
    const known = pin.value.trim()
    await desk.session.enter({ ...(given === '' ? {} : { name: given }), ...(known === '' ? {} : { pin: known }) })
  } catch (error) {
    const code = error instanceof Failure ? error.code : 'line'
    pinAsked.value ||= code.startsWith('link.pin_')
    trouble.value = troubleSaid(code)
  } finally {
    opening.value = false
  }
}

function troubleSaid(code: string): string {
  switch (code) {
    case 'sign_in.needed':
      return t('You are signed out. Please sign in again.')
    case 'link.unknown':
    case 'link.revoked':
      return t('This link is not valid any more. Please ask the organizer for a new one.')
    case 'link.pin_needed':
      return t('This link has been opened in another browser before. If that was you, its PIN opens it here too; it was sent to you apart.')
    case 'link.pin_wrong':
      return t('This is not the PIN of this link.')
    case 'link.pin_locked':
      return t('Too many PINs have been tried. Please wait a quarter of an hour, or ask the organizer.')
    case 'person.removed':
    case 'person.banned':
      return t('You cannot come in here. Please ring the organizer.')
    default:
      return t('The server does not answer just now. Please press once more in a moment.')
  }
}
