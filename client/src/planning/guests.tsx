// Who is invited to one ceremony, what they have answered, and whom else to invite.
import { useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import { dateAt } from '../view/dates'
import { api } from './asking'
import { Button, Buttons, Confirm, LinkButton, Mark, Notice, Radios, Show, tell, TextField, Tick, useDoing, useLoaded } from './kit'
import { seriesAddress } from './router'
import type { Contact, Guest, Occurrence } from './types'
import { plain, roleWords } from './words'

interface Props {
  one: Occurrence
  again: () => void
  set: (next: Occurrence) => void
}

type Shown = 'all' | 'coming' | 'cannot' | 'none'

/** Those of one answer. */
export function answered(guests: readonly Guest[], shown: Shown): Guest[] {
  if (shown === 'all') return [...guests]
  return guests.filter((guest) => guest.answer === (shown === 'none' ? '' : shown))
}

/** Those to whom a mail can go. */
export function reachable(guests: readonly Guest[]): Guest[] {
  return guests.filter((guest) => guest.mail && !guest.in_memory && !guest.unsubscribed)
}

export function Guests({ one, again, set }: Props) {
  const [shown, setShown] = useState<Shown>('all')
  const [inviting, setInviting] = useState(false)
  const { guests, row } = one
  const count = (which: Shown) => answered(guests, which).length
  return (
    <>
      <section aria-labelledby="guests">
        <h2 id="guests">{t('Invited')}</h2>
        {guests.length === 0 ? (
          <p>{t('Nobody is invited yet.')}</p>
        ) : (
          <>
            <p>{tn('{n} person is invited.', '{n} people are invited.', guests.length)}</p>
            <Radios<Shown>
              label={t('Show')}
              value={shown}
              onValue={setShown}
              options={[
                ['all', t('All: {n}', { n: count('all') })],
                ['coming', t('Coming: {n}', { n: count('coming') })],
                ['cannot', t('Cannot come: {n}', { n: count('cannot') })],
                ['none', t('Not answered: {n}', { n: count('none') })],
              ]}
            />
            <ul class="p-lines">
              {answered(guests, shown).map((guest) => (
                <Line key={guest.contact_id} guest={guest} one={one} set={set} again={again} />
              ))}
            </ul>
          </>
        )}
        <Buttons>
          <Button kind={guests.length === 0 ? 'main' : 'plain'} onPress={() => setInviting(!inviting)} expanded={inviting}>
            {t('Invite people of the series')}
          </Button>
          <LinkButton href={seriesAddress(row.series, 'people')}>{t('All people of the series')}</LinkButton>
        </Buttons>
        {inviting && <Inviting one={one} set={set} again={again} onDone={() => setInviting(false)} />}
      </section>
      {guests.length > 0 && <Sending one={one} set={set} />}
    </>
  )
}

function answerWords(guest: Guest): string {
  switch (guest.answer) {
    case 'coming':
      return t('Comes')
    case 'cannot':
      return t('Cannot come')
    case '':
      return t('Not answered')
  }
}

function Line({ guest, one, set, again }: Props & { guest: Guest }) {
  const [busy, doing] = useDoing()
  const { series, key } = one.row
  return (
    <li>
      <div class="p-row">
        <div>
          <strong>
            <bdi>{guest.name}</bdi>
          </strong>
          {guest.community !== '' && (
            <>
              , <bdi>{guest.community}</bdi>
            </>
          )}
          <br />
          <span>
            {answerWords(guest)}
            {guest.answered_ms !== null && <span class="p-aside"> ({dateAt(guest.answered_ms)})</span>}
            {guest.role !== 'participant' && <>; {roleWords(guest.role)}</>}
            {!guest.mail && <>; {t('no mail address')}</>}
            {guest.unsubscribed && <>; {t('wants no mail')}</>}
          </span>
          {guest.in_memory && <Mark>{t('Remembered')}</Mark>}
        </div>
        <Button
          disabled={busy}
          label={`${t('Take off the list')}: ${guest.name}`}
          onPress={() =>
            doing(async () => {
              const done = await api.uninvite(series, key, guest.contact_id)
              set(done)
              tell(t('{name} is not invited any more.', { name: guest.name }), done.trail, again)
            })
          }
        >
          {t('Take off the list')}
        </Button>
      </div>
    </li>
  )
}

function Sending({ one, set }: Pick<Props, 'one' | 'set'>) {
  const [busy, doing] = useDoing()
  const all = reachable(one.guests)
  const open = all.filter((guest) => guest.answer === '')
  if (!one.row.published) {
    return (
      <Notice>
        <p>{t('Invitations can be sent once the series is published.')}</p>
      </Notice>
    )
  }
  function send(to: Guest[]): void {
    doing(async () => {
      set(await api.send(one.row.series, one.row.key, to.map((guest) => guest.contact_id)))
      tell(tn('An invitation goes to {n} person.', 'Invitations go to {n} people.', to.length))
    })
  }
  return (
    <section aria-labelledby="sending" class="p-noprint">
      <h2 id="sending">{t('Send the invitations')}</h2>
      <p>
        {t('Each gets a mail with their own link, the hour by their own clock, and two links to answer: I will come, I cannot. Reminders go out by themselves.')}
      </p>
      {all.length === 0 && <p>{t('None of those invited can be reached by mail.')}</p>}
      {all.length > 0 && (
        <Buttons>
          <Confirm
            words={t('Send to all who can be reached: {n}', { n: all.length })}
            again={t('Press again to send mails: {n}', { n: all.length })}
            disabled={busy}
            onPress={() => send(all)}
          />
          {open.length > 0 && open.length < all.length && (
            <Confirm
              words={t('Send to those who have not answered: {n}', { n: open.length })}
              again={t('Press again to send mails: {n}', { n: open.length })}
              disabled={busy}
              onPress={() => send(open)}
            />
          )}
        </Buttons>
      )}
    </section>
  )
}

/** Those of the series who are not invited yet, to be chosen: all, by role, or one by one. */
function Inviting({ one, set, again, onDone }: Props & { onDone: () => void }) {
  const people = useLoaded(() => api.people(one.row.series), [one.row.series])
  return <Show of={people}>{(found) => <Choosing contacts={found.contacts} one={one} set={set} again={again} onDone={onDone} />}</Show>
}

function Choosing({ contacts, one, set, again, onDone }: Props & { contacts: Contact[]; onDone: () => void }) {
  const there = new Set(one.guests.map((guest) => guest.contact_id))
  const open = contacts.filter((contact) => !there.has(contact.id) && !contact.in_memory)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [search, setSearch] = useState('')
  const [busy, doing] = useDoing()
  const roles = [...new Set(open.map((contact) => contact.role))]
  const found = open.filter((contact) => plain(`${contact.name} ${contact.community}`).includes(plain(search)))
  if (contacts.length === 0) {
    return (
      <Notice>
        <p>{t('The series has no people yet. Add them first.')}</p>
        <Buttons>
          <LinkButton href={seriesAddress(one.row.series, 'people')}>{t('Add people')}</LinkButton>
        </Buttons>
      </Notice>
    )
  }
  if (open.length === 0) return <p>{t('All people of the series are invited.')}</p>
  function invite(): void {
    doing(async () => {
      const done = await api.invite(one.row.series, one.row.key, [...chosen])
      set(done)
      onDone()
      tell(tn('{n} person is invited now. No mail has gone out yet.', '{n} people are invited now. No mail has gone out yet.', chosen.size), 0, again)
    })
  }
  return (
    <section aria-labelledby="choosing">
      <h3 id="choosing">{t('Whom do you want to invite?')}</h3>
      <Buttons>
        <Button onPress={() => setChosen(new Set(open.map((contact) => contact.id)))}>{t('Choose all: {n}', { n: open.length })}</Button>
        {roles.length > 1 &&
          roles.map((role) => {
            const those = open.filter((contact) => contact.role === role)
            return (
              <Button key={role} onPress={() => setChosen(new Set([...chosen, ...those.map((contact) => contact.id)]))}>
                {t('{role}: {n}', { role: roleWords(role), n: those.length })}
              </Button>
            )
          })}
        <Button onPress={() => setChosen(new Set())}>{t('Choose nobody')}</Button>
      </Buttons>
      {open.length > 10 && <TextField type="search" label={t('Search by name or community')} value={search} onValue={setSearch} />}
      <div class="p-choices">
        {found.map((contact) => (
          <Tick
            key={contact.id}
            label={<bdi>{contact.name}</bdi>}
            hint={[contact.community, roleWords(contact.role), contact.mail === '' ? t('no mail address') : ''].filter((part) => part !== '').join('; ')}
            checked={chosen.has(contact.id)}
            onValue={(on) => {
              const next = new Set(chosen)
              if (on) next.add(contact.id)
              else next.delete(contact.id)
              setChosen(next)
            }}
          />
        ))}
      </div>
      <Buttons>
        <Button kind="main" onPress={invite} disabled={busy || chosen.size === 0}>
          {t('Invite: {n}', { n: chosen.size })}
        </Button>
        <Button onPress={onDone}>{t('Leave it as it is')}</Button>
      </Buttons>
    </section>
  )
}
