// Personal invitations: one person or a whole list, their links and codes to hand on, letters to print, taken back by two presses.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { mark, t, tn } from '../../text/messages'
import { Failure } from '../../session'
import { countryName } from '../page'
import { copied } from './clipboard'
import { Press, Twice } from './controls'
import type { Desk } from './desk'
import { Choice, Field, Form } from './fields'

interface Invitation {
  id: string
  role: string
  name: string
  community: string
  country: string | null
  link: string
  code: string | null
  pin: string | null
}

interface Fault {
  where: string
  field: string
  reason: string
}

type Role = 'participant' | 'speaker' | 'moderator' | 'host'

const ROLES: readonly (readonly [Role, string])[] = [
  ['participant', mark('Participant')],
  ['speaker', mark('Speaker')],
  ['moderator', mark('Moderator')],
  ['host', mark('Host')],
]
const SHOWN = 50
/** What the server takes in one list. */
const LIST_MAX = 90_000

const all = signal<Invitation[] | null>(null)
const shown = signal(SHOWN)
const search = signal('')
const name = signal('')
const community = signal('')
const country = signal('')
const role = signal<Role>('participant')
const list = signal('')
const trouble = signal<string[]>([])
const said = signal('')

export function Invitations({ desk }: { desk: Desk }) {
  useEffect(() => void load(desk), [desk])
  const { telephone } = desk.live.value.boot
  const wanted = search.value.trim().toLocaleLowerCase()
  const found = (all.value ?? []).filter((one) => `${one.name}\n${one.community}`.toLocaleLowerCase().includes(wanted))
  return (
    <div class="h-invitations">
      <p class="h-facts">
        {t('Whoever comes by a link of their own walks in at any door, on any device. Hand each link to its person alone.')}
      </p>
      <Form label={t('Invite one person')} onSend={() => void one(desk)}>
        <h3>{t('Invite one person')}</h3>
        <Field label={t('Name')} value={name.value} most={60} required onValue={(value) => (name.value = value)} />
        <Field label={t('Town, association or family (may stay empty)')} value={community.value} most={80} onValue={(value) => (community.value = value)} />
        <Field label={t('Country, two letters (may stay empty)')} value={country.value} most={2} onValue={(value) => (country.value = value)} />
        <Choice label={t('Comes as')} value={role.value} options={ROLES.map(([key, words]) => [key, t(words)] as const)} onValue={(value) => (role.value = value)} />
        <button type="submit" class="h-press is-main">
          {t('Invite')}
        </button>
      </Form>
      <details>
        <summary>{t('Invite a list')}</summary>
        <Form label={t('Invite a list')} onSend={() => void many(desk)}>
          <p class="h-facts">
            {t('A table saved as CSV (UTF-8), with a column name, and if you like community, country, language, role, mail.')}
          </p>
          <label class="h-file">
            <span>{t('Choose the file')}</span>
            <input type="file" accept=".csv,text/csv,text/plain" onChange={(event) => void take(event.currentTarget.files?.[0])} />
          </label>
          <Field label={t('Or paste the table here')} value={list.value} lines={5} onValue={(value) => (list.value = value)} />
          <button type="submit" class="h-press is-main" aria-disabled={list.value.trim() === '' ? 'true' : undefined}>
            {t('Invite everybody in the list')}
          </button>
        </Form>
      </details>
      <div role="status">
        {said.value !== '' && <p>{said.value}</p>}
        {trouble.value.map((line) => (
          <p key={line} class="h-trouble">
            {line}
          </p>
        ))}
      </div>
      {all.value !== null && all.value.length > 0 && (
        <section>
          <h3>{tn('{n} invitation', '{n} invitations', all.value.length)}</h3>
          <div class="h-buttons">
            <Press desk={desk} always onPress={() => void letters(desk, [])}>
              {t('Letters to print')}
            </Press>
            <Press desk={desk} always onPress={() => void save(desk)}>
              {t('Save as CSV')}
            </Press>
          </div>
          <Field label={t('Search for a name or community')} value={search.value} most={80} onValue={(value) => (search.value = value)} />
          <ul class="h-entries">
            {found.slice(0, shown.value).map((invitation) => (
              <One key={invitation.id} desk={desk} invitation={invitation} />
            ))}
          </ul>
          {found.length > shown.value && (
            <Press desk={desk} kind="quiet" always onPress={() => (shown.value += SHOWN)}>
              {t('More names')}
            </Press>
          )}
        </section>
      )}
      {all.value?.length === 0 && <p class="h-empty">{t('Nobody has been invited in person yet.')}</p>}
      {telephone !== '' && <p class="h-facts">{t('The letters tell this telephone: {number}', { number: telephone })}</p>}
    </div>
  )
}

function One({ desk, invitation }: { desk: Desk; invitation: Invitation }) {
  const words = ROLES.find(([key]) => key === invitation.role)?.[1]
  const from = [invitation.community, countryName(desk, invitation.country), words === undefined ? '' : t(words)].filter((part) => part !== '')
  return (
    <li class="h-entry">
      <p>
        <b dir="auto">{invitation.name}</b>
      </p>
      <p class="h-facts">{from.join(' · ')}</p>
      <p class="h-address">{invitation.link}</p>
      {invitation.code !== null && <p class="h-facts">{t('To be read out: {code}', { code: spaced(invitation.code) })}</p>}
      {invitation.pin !== null && (
        <p class="h-facts">
          {t('Opens the console in one browser. For a second one, and only by another way than the link: PIN {pin}', { pin: invitation.pin })}
        </p>
      )}
      <div class="h-buttons">
        <Press desk={desk} kind="quiet" always label={`${t('Copy')}: ${invitation.name}`} onPress={() => void copy(desk, invitation)}>
          {t('Copy')}
        </Press>
        <Press desk={desk} kind="quiet" always label={`${t('Letter')}: ${invitation.name}`} onPress={() => void letters(desk, [invitation.id])}>
          {t('Letter')}
        </Press>
        <Twice
          desk={desk}
          id={`revoke-${invitation.id}`}
          kind="quiet"
          always
          words={t('Take back')}
          label={`${t('Take back')}: ${invitation.name}`}
          again={t('Yes, take the invitation of {name} back', { name: invitation.name })}
          onPress={() => void revoke(desk, invitation)}
        />
      </div>
    </li>
  )
}

async function load(desk: Desk): Promise<void> {
  try {
    all.value = (await desk.session.api<{ invitations: Invitation[] }>('/api/invitations')).invitations
  } catch (error) {
    tell(error)
  }
}

async function one(desk: Desk): Promise<void> {
  const person = { name: name.value, community: community.value, country: country.value, role: role.value }
  if (await send(desk, { people: [person] })) name.value = community.value = country.value = ''
}

async function many(desk: Desk): Promise<void> {
  if (list.value.trim() === '') return
  if (await send(desk, { csv: list.value })) list.value = ''
}

async function send(desk: Desk, body: object): Promise<boolean> {
  trouble.value = []
  said.value = ''
  try {
    const { invitations } = await desk.session.api<{ invitations: Invitation[] }>('/api/invitations', body)
    said.value = tn('{n} person has been invited.', '{n} people have been invited.', invitations.length)
    await load(desk)
    return true
  } catch (error) {
    tell(error)
    return false
  }
}

async function take(file: File | undefined): Promise<void> {
  if (file === undefined) return
  trouble.value = []
  const text = await file.text()
  if (text.length > LIST_MAX) trouble.value = [t('This list is too long for one page: please cut it into parts.')]
  else list.value = text
}

async function revoke(desk: Desk, invitation: Invitation): Promise<void> {
  try {
    await desk.session.api('/api/invitations/revoke', { ids: [invitation.id] })
    await load(desk)
  } catch (error) {
    tell(error)
  }
}

/** Opened before the answer is there: later, browsers would take it for a pop-up. */
async function letters(desk: Desk, ids: string[]): Promise<void> {
  const opened = window.open('', '_blank')
  try {
    const { url } = await desk.session.api<{ url: string }>('/api/letters', { ids })
    if (opened === null) location.assign(url)
    else opened.location.replace(url)
  } catch (error) {
    opened?.close()
    tell(error)
  }
}

async function copy(desk: Desk, { name: who, link }: Invitation): Promise<void> {
  if (await copied(desk, link)) said.value = t('The link of {name} has been copied.', { name: who })
}

async function save(desk: Desk): Promise<void> {
  try {
    const { csv } = await desk.session.api<{ csv: string }>('/api/invitations/table')
    const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }))
    const link = document.createElement('a')
    link.href = url
    link.download = 'invitations.csv'
    link.click()
    URL.revokeObjectURL(url)
  } catch (error) {
    tell(error)
  }
}

function spaced(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}

function tell(error: unknown): void {
  const failure = error instanceof Failure ? error : new Failure('line', '')
  const { faults, more, reason } = failure.facts as { faults?: Fault[]; more?: number; reason?: string }
  if (faults !== undefined && faults.length > 0) {
    trouble.value = [
      t('Nobody has been invited. Please mend these lines:'),
      ...faults.map((fault) => t('Line {where}, {field}: {reason}', { where: fault.where, field: fault.field, reason: reasonSaid(fault.reason) })),
      ...(more !== undefined && more > 0 ? [tn('and {n} more', 'and {n} more', more)] : []),
    ]
  } else if (reason !== undefined) trouble.value = [t('This list cannot be read: {reason}', { reason })]
  else trouble.value = [failure.message === '' ? t('The server does not answer just now. Please press once more in a moment.') : failure.message]
}

function reasonSaid(reason: string): string {
  switch (reason) {
    case 'length':
      return t('empty or too long')
    case 'characters':
      return t('characters that cannot be')
    default:
      return t('not known')
  }
}
