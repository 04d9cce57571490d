// One ceremony of a series: when it is everywhere, its links, what comes due, its programme, its people, its rehearsal.
import { useEffect, useState } from 'preact/hooks'
import { t } from '../text/messages'
import { civilDate, dateAt, inWords, timeAt } from '../view/dates'
import { api } from './asking'
import { Departing } from './departing'
import { Button, Buttons, Confirm, Copy, Form, Icon, LinkButton, Mark, Notice, Said, Send, Show, Tabs, tell, TextField, useDoing, useLoaded } from './kit'
import { Guests } from './guests'
import { dateAddress, go, guardLeaving, seriesAddress, type DateTab } from './router'
import { ProgrammeForm, Titled } from './shell'
import type { Due, LinksOf, Occurrence, Row } from './types'
import { dayOf, departureWords, hourAt, hourThere, lasting, ownHour, pick, placeOf, stateWords, tagOf, yearsOf } from './words'

export function DatePage({ id, date, tab }: { id: string; date: string; tab: DateTab }) {
  const loaded = useLoaded(() => api.occurrence(id, date), [id, date, tab])
  const found = loaded.value.value
  const again = () => void loaded.again()
  const set = (next: Occurrence) => (loaded.value.value = next)
  return (
    <Titled
      title={found === null ? civilDate(date) : `${pick(found.row.title)}, ${dayOf(found.row)}`}
      lang={found === null ? undefined : tagOf(found.row.title) || undefined}
      above={
        <p class="p-above">
          <a href={seriesAddress(id)}>{found === null ? t('The series') : t('Series: {title}', { title: pick(found.row.title) })}</a>
        </p>
      }
    >
      <Tabs
        label={t('Parts of this ceremony')}
        current={tab}
        tabs={[
          { id: 'overview', words: t('Overview'), href: dateAddress(id, date) },
          { id: 'programme', words: t('Programme'), href: dateAddress(id, date, 'programme') },
          { id: 'people', words: t('Guests'), href: dateAddress(id, date, 'people') },
          { id: 'rehearsal', words: t('Rehearsal'), href: dateAddress(id, date, 'rehearsal') },
        ]}
      />
      {tab === 'overview' && <Show of={loaded}>{(one) => <Overview one={one} again={again} set={set} />}</Show>}
      {tab === 'programme' && <ProgrammeForm series={id} date={date} />}
      {tab === 'people' && <Show of={loaded}>{(one) => <Guests one={one} again={again} set={set} />}</Show>}
      {tab === 'rehearsal' && <Show of={loaded}>{(one) => <RehearsalTab one={one} again={again} set={set} />}</Show>}
    </Titled>
  )
}

interface PartProps {
  one: Occurrence
  again: () => void
  set: (next: Occurrence) => void
}

function Overview({ one, again, set }: PartProps) {
  const { row } = one
  return (
    <>
      <When one={one} />
      <Leaving row={row} version={one.series_version} again={again} />
      <Links one={one} />
      <Coming one={one} again={again} />
      <Checked one={one} again={again} />
      <Notes one={one} set={set} again={again} />
    </>
  )
}

const TICK_MS = 30_000

/** The instant, counted down, at all places. */
function When({ one }: { one: Occurrence }) {
  const { row } = one
  const [now_ms, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const own = ownHour(row.instant_ms, row.zone)
  const departure = departureWords(row)
  const rolling = row.ceremonies.length > 1
  return (
    <section aria-label={t('When')}>
      <p class="p-day">{dayOf(row)}</p>
      <p class="p-lead">
        {yearsOf(row) !== '' && <>{yearsOf(row)}. </>}
        {hourAt(row.instant_ms, row.zone)}
        {own !== '' && <>; {own}</>}.
      </p>
      {row.instant_ms > now_ms && row.departure !== 'cancelled' && <p>{t('It begins {when}.', { when: inWords(row.instant_ms - now_ms) })}</p>}
      <div class="p-marks">
        <Mark>{stateWords(row.state)}</Mark>
        {!row.published && <Mark>{t('The series is a draft')}</Mark>}
        {row.provisional && <Mark>{t('Provisional')}</Mark>}
        {departure !== '' && <Mark sign="warning">{departure}</Mark>}
        {one.own && <Mark>{t('With a programme of its own')}</Mark>}
      </div>
      {pick(row.reason) !== '' && (
        <p>
          {t('Reason:')} <Said of={row.reason} />
        </p>
      )}
      {one.planned_s > 0 && !rolling && (
        <p>{t('It lasts {length} and ends at about {time}.', { length: lasting(one.planned_s), time: timeAt(one.ends_ms, row.zone) })}</p>
      )}
      {one.planned_s > 0 && rolling && <p>{t('It lasts {length} at each place.', { length: lasting(one.planned_s) })}</p>}
      {row.hours.length > 0 && (
        <>
          <h3>{t('The hour at the places')}</h3>
          <ul class="p-lines">
            {row.hours.map((hour) => (
              <li key={`${hour.zone} ${pick(hour.place)}`}>
                <span>
                  {hourThere(hour)}
                  {hour.odd && (
                    <>
                      {' '}
                      <Mark sign="warning">{t('an odd hour')}</Mark>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {rolling && (
        <>
          <h3>{t('A ceremony at each place')}</h3>
          <ul class="p-lines">
            {row.ceremonies.map((each) => (
              <li key={each.ceremony_id}>
                <span>
                  <strong>{placeOf(each)}</strong>: {dateAt(each.instant_ms, each.zone)}, {hourAt(each.instant_ms, each.zone)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Leaving({ row, version, again }: { row: Row; version: number; again: () => void }) {
  const [asking, setAsking] = useState<'moved' | 'cancelled' | null>(null)
  const [busy, doing] = useDoing()
  if (row.state === 'over' || row.state === 'live') return null
  function to(kind: 'confirmed' | 'by_rule', words: string): void {
    doing(async () => {
      const done = await api.depart(row.series, row.key, { version, kind })
      // One beside the rule is there no more.
      if (kind === 'by_rule' && row.departure === 'extra') go(seriesAddress(row.series))
      else again()
      setTimeout(() => tell(words, done.trail, again), 0)
    })
  }
  return (
    <section aria-labelledby="leaving" class="p-noprint">
      <h2 id="leaving">{t('The date')}</h2>
      {row.managed === 'file' && (
        <p>
          {t('This series is written in a file, so that its dates cannot be changed here.')}{' '}
          <a href={seriesAddress(row.series)}>{t('Take it over')}</a>
        </p>
      )}
      {row.managed === 'site' && (
        <Buttons>
          {row.provisional && row.departure === '' && (
            <Button kind="main" onPress={() => to('confirmed', t('The date is confirmed.'))} disabled={busy}>
              {t('Confirm the date')}
            </Button>
          )}
          {row.departure !== 'cancelled' && row.departure !== 'extra' && <Button onPress={() => setAsking('moved')}>{t('Move…')}</Button>}
          {row.departure !== 'cancelled' && row.departure !== 'extra' && <Button onPress={() => setAsking('cancelled')}>{t('Cancel…')}</Button>}
          {row.departure === 'extra' ? (
            <Confirm
              words={t('Take this date out')}
              again={t('Press again to take it out')}
              disabled={busy}
              onPress={() => to('by_rule', t('The date is taken out.'))}
            />
          ) : (
            row.departure !== '' && (
              <Button onPress={() => to('by_rule', t('It is held as the rule says.'))} disabled={busy}>
                {t('Hold it as the rule says')}
              </Button>
            )
          )}
        </Buttons>
      )}
      {asking !== null && <Departing kind={asking} row={row} onClose={() => setAsking(null)} onDone={again} />}
    </section>
  )
}

const LINK_ORDER = ['host', 'moderator', 'participant', 'hall', 'watch', 'programme'] as const

function linkWords(role: string): { words: string; hint: string } {
  switch (role) {
    case 'host':
      return { words: t('For the host'), hint: t('Opens the console. Only for who leads the ceremony.') }
    case 'moderator':
      return { words: t('For moderators'), hint: t('They read what is written before others do.') }
    case 'participant':
      return { words: t('For guests'), hint: t('Everybody who takes part at a screen of their own.') }
    case 'hall':
      return { words: t('For a hall'), hint: t('A big screen before which people gather.') }
    case 'watch':
      return { words: t('For watching only'), hint: t('Public: whoever has it can see the ceremony.') }
    case 'programme':
      return { words: t('The order of the ceremony'), hint: t('Public, and good to print.') }
    default:
      return { words: role, hint: '' }
  }
}

function Links({ one }: { one: Occurrence }) {
  const there = one.row.ceremonies.filter((each) => one.links[each.ceremony_id] !== undefined)
  return (
    <section aria-labelledby="links">
      <h2 id="links">{t('Links to hand on')}</h2>
      {there.length === 0 && <p>{t('They are there as soon as the series is published and the ceremony is planned.')}</p>}
      {there.map((each) => (
        <div key={each.ceremony_id}>
          {there.length > 1 && <h3>{placeOf(each)}</h3>}
          <Buttons>
            <LinkButton kind="main" href={`/desk/${encodeURIComponent(each.ceremony_id)}/console`} beside>
              {t('Open the console')}
            </LinkButton>
          </Buttons>
          <LinkList of={one.links[each.ceremony_id]!} />
        </div>
      ))}
    </section>
  )
}

function LinkList({ of }: { of: LinksOf }) {
  return (
    <ul class="p-lines">
      {LINK_ORDER.map((role) => {
        const address = of.links[role]
        if (address === undefined) return null
        const { words, hint } = linkWords(role)
        const pin = of.pins[role]
        return (
          <li key={role} class="p-linked">
            <div class="p-row">
              <div>
                <strong>{words}</strong>
                <small> {hint}</small>
              </div>
              <Copy text={address} label={t('Copy: {what}', { what: words })} />
            </div>
            <code class="p-link">{address}</code>
            {pin !== undefined && pin !== '' && <span>{t('PIN: {pin}', { pin })}</span>}
          </li>
        )
      })}
    </ul>
  )
}

function dueWords(due: Due): string {
  switch (due.kind) {
    case 'reminder':
      return t('Reminder to everybody invited')
    case 'mail':
      return due.name === '' ? t('Mail') : t('Mail to {name}', { name: due.name })
    case 'change':
      return t('Mail about another time')
    case 'cancel':
      return t('Mail that it is cancelled')
    case 'link_check':
      return t('Look at the links of the programme')
    case 'archive':
      return t('Keep a record of the ceremony')
    case 'wipe':
      return t('Wipe what is not to be kept')
  }
}

function dueState(due: Due): string {
  switch (due.state) {
    case 'waiting':
      return t('comes due')
    case 'claimed':
      return t('at work')
    case 'done':
      return due.kind === 'mail' ? t('sent') : t('done')
    case 'failed':
      return due.said === 'uncertain' ? t('not certain whether it was sent') : t('failed')
    case 'dropped':
      return t('not needed any more')
  }
}

const DUES_SHOWN = 8

/** What the server does by itself for this ceremony, and what it could not do. */
function Coming({ one, again }: { one: Occurrence; again: () => void }) {
  const [all, setAll] = useState(false)
  const failed = one.dues.filter((due) => due.state === 'failed')
  const others = one.dues.filter((due) => due.state !== 'failed')
  const shown = all ? others : others.filter((due) => due.state === 'waiting' || due.kind !== 'mail').slice(0, DUES_SHOWN)
  return (
    <section aria-labelledby="dues">
      <h2 id="dues">{t('What comes due')}</h2>
      {one.dues.length === 0 && <p>{t('Nothing for now.')}</p>}
      {failed.length > 0 && (
        <Notice sign="trouble">
          <p>{t('This did not work:')}</p>
          <ul class="p-lines">
            {failed.map((due) => (
              <Failed key={due.id} due={due} again={again} />
            ))}
          </ul>
        </Notice>
      )}
      <ul class="p-lines">
        {shown.map((due) => (
          <li key={due.id}>
            <span>
              <strong>{dueWords(due)}</strong>: {dueState(due)},{' '}
              {t('{date}, {time} by your clock', { date: dateAt(due.done_ms ?? due.due_ms), time: timeAt(due.done_ms ?? due.due_ms) })}
            </span>
          </li>
        ))}
      </ul>
      {others.length > shown.length && (
        <Button kind="quiet" onPress={() => setAll(true)}>
          {t('Show all {n}', { n: others.length })}
        </Button>
      )}
    </section>
  )
}

function Failed({ due, again }: { due: Due; again: () => void }) {
  const [busy, doing] = useDoing()
  return (
    <li>
      <span>
        <strong>{dueWords(due)}</strong>: {dueState(due)}
        {due.said !== '' && due.said !== 'uncertain' && (
          <>
            {' '}
            (<bdi>{due.said}</bdi>)
          </>
        )}
      </span>
      <Buttons>
        <Button
          disabled={busy}
          onPress={() =>
            doing(async () => {
              await api.again(due.id)
              tell(t('It is tried again now.'))
              again()
            })
          }
        >
          {due.kind === 'mail' ? t('Send it again') : t('Try it again')}
        </Button>
      </Buttons>
    </li>
  )
}

function Checked({ one, again }: { one: Occurrence; again: () => void }) {
  const [busy, doing] = useDoing()
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">{t('Videos and pictures of the programme')}</h2>
      {one.checks.length === 0 ? (
        <p>{t('Their links have not been looked at yet.')}</p>
      ) : (
        <ul class="p-lines">
          {one.checks.map((check) => (
            <li key={`${check.item_id} ${check.link}`}>
              <span class="p-row">
                <span>
                  <Icon sign={check.ok ? 'done' : 'trouble'} /> {check.ok ? t('It can be played.') : t('There is a trouble:')} {check.said}
                </span>
              </span>
              <span class="p-aside p-link">{check.link}</span>
              <small>{t('Looked at on {date}, {time}', { date: dateAt(check.at_ms), time: timeAt(check.at_ms) })}</small>
            </li>
          ))}
        </ul>
      )}
      <Buttons>
        <Button
          disabled={busy}
          onPress={() =>
            doing(async () => {
              const found = await api.check(one.row.series, one.row.key)
              const bad = found.filter((check) => !check.ok).length
              tell(
                found.length === 0
                  ? t('There is no link to look at.')
                  : bad === 0
                    ? t('All links are good.')
                    : t('Links in trouble: {n}. See the list.', { n: bad }),
              )
              again()
            })
          }
        >
          {busy ? t('Looking…') : t('Check now')}
        </Button>
      </Buttons>
    </section>
  )
}

function Notes({ one, set, again }: PartProps) {
  const [notes, setNotes] = useState(one.notes)
  const [busy, doing] = useDoing()
  const changed = notes !== one.notes
  useEffect(() => setNotes(one.notes), [one.notes])
  useEffect(() => (changed ? guardLeaving(() => true) : undefined), [changed])
  return (
    <section aria-labelledby="notes">
      <h2 id="notes">{t('Notes')}</h2>
      <Form
        label={t('Notes')}
        onSend={() =>
          doing(async () => {
            const document = one.own ? one.document : null
            const done = await api.saveOccurrence(one.row.series, one.row.key, one.version, document, notes)
            set(done)
            tell(t('Saved.'), done.trail, again)
          })
        }
      >
        <TextField
          label={t('For the organizers only')}
          hint={t('What to think of, who does what. Next year they are there again.')}
          lines={6}
          most={20_000}
          value={notes}
          onValue={setNotes}
        />
        <Buttons>
          <Send busy={busy} kind={changed ? 'main' : 'plain'}>
            {t('Save the notes')}
          </Send>
        </Buttons>
      </Form>
    </section>
  )
}

function RehearsalTab({ one, again, set }: PartProps) {
  const [busy, doing] = useDoing()
  const { rehearsal, row } = one
  if (rehearsal === null) {
    return (
      <section aria-labelledby="rehearse">
        <h2 id="rehearse">{t('Rehearse')}</h2>
        <p>
          {t(
            'A rehearsal is the whole ceremony, with its programme, in five minutes. Nobody sees it but those to whom you give its links; no mail goes out, and nothing of it stays.',
          )}
        </p>
        <Buttons>
          <Button
            kind="main"
            disabled={busy}
            onPress={() =>
              doing(async () => {
                set(await api.rehearse(row.series, row.key))
                tell(t('The rehearsal begins in five minutes.'))
              })
            }
          >
            {busy ? t('One moment…') : t('Rehearse')}
          </Button>
        </Buttons>
      </section>
    )
  }
  return (
    <section aria-labelledby="rehearse">
      <h2 id="rehearse">{t('A rehearsal')}</h2>
      <p>{t('Made on {date}, {time}. Only those with these links can see it.', { date: dateAt(rehearsal.created_ms), time: timeAt(rehearsal.created_ms) })}</p>
      <Buttons>
        <LinkButton kind="main" href={rehearsal.links['host'] ?? '/desk'} beside>
          {t('Open the console of the rehearsal')}
        </LinkButton>
      </Buttons>
      <LinkList of={rehearsal} />
      <p>{t('When you are done, wipe it. Otherwise the server does so by itself.')}</p>
      <Buttons>
        <Confirm
          words={t('Wipe it')}
          again={t('Press again to wipe the rehearsal')}
          disabled={busy}
          onPress={() =>
            doing(async () => {
              const done = await api.wipe(row.series, row.key)
              set(done)
              tell(t('The rehearsal is wiped.'), done.trail, again)
            })
          }
        />
      </Buttons>
    </section>
  )
}
