// Before it begins: the words of welcome, how long still, who is here, and whether the sound is heard.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import type { Session } from '../session'
import type { Programme } from '../wire'
import { peopleSaid } from './closing'
import { dateAt, digits, inWords, sameClock, timeAt, years, zoneName } from './dates'
import { soundOf } from './hearing'
import { OrderOfService } from './order'
import { countryName, Name, programmeOf, Said, usePage, Words } from './page'
import { Telephone } from './telephone'

const DIGITS_BELOW_MS = 24 * 3600_000
const REMEMBER_FROM_MS = 2 * 3600_000

export function Lobby() {
  const page = usePage()
  const programme = programmeOf(page)
  if (programme === null) return <section class="picture lobby" />
  const item = programme.items.find((one) => one.detail.kind === 'lobby')
  const sound_check = item?.detail.kind === 'lobby' && item.detail.sound_check
  const mine = page.variant === 'participant'
  return (
    <section class="picture lobby" data-alone={mine ? undefined : ''}>
      <div class="lobby-welcome">
        <Occasion programme={programme} />
        {page.text(item?.text) === '' ? mine && <p class="lead">{t('You are in the right place.')}</p> : <Words of={item?.text} class="lead" />}
        <Countdown programme={programme} />
        <Clocks programme={programme} />
        {mine && <Remember programme={programme} />}
      </div>
      <div class="lobby-more">
        {mine && sound_check && <SoundCheck session={page.session} />}
        <Here />
        {mine && (
          <details class="card">
            <summary>
              <h2>{t('Order of the ceremony')}</h2>
            </summary>
            <OrderOfService programme={programme} />
          </details>
        )}
      </div>
    </section>
  )
}

/** What is remembered, and when: the head of every page. */
export function Occasion({ programme }: { programme: Programme }) {
  return (
    <header class="occasion">
      <p class="occasion-when second">
        <time dateTime={programme.date}>{dateAt(programme.starts_ms, programme.zone)}</time>
        {programme.number !== null && <span>{years(programme.number)}</span>}
      </p>
      <h1>
        <Said of={programme.title} />
      </h1>
      <p class="occasion-subject">
        <Said of={programme.subject} />
      </p>
    </header>
  )
}

export function Countdown({ programme }: { programme: Programme }) {
  const page = usePage()
  const left_ms = programme.starts_ms - page.now_s.value * 1000
  if (left_ms <= 0) return <p class="lead countdown">{page.shown.value.phase === 'item' ? '' : t('We begin in a moment.')}</p>
  return (
    <div class="countdown">
      <p class="lead">{t('We begin {in}.', { in: inWords(left_ms) })}</p>
      {left_ms < DIGITS_BELOW_MS && (
        <p class="countdown-digits digits" aria-hidden="true">
          {digits(left_ms)}
        </p>
      )}
    </div>
  )
}

/** For whoever looks in long before. */
export function Remember({ programme }: { programme: Programme }) {
  const page = usePage()
  if (programme.starts_ms - page.now_s.value * 1000 < REMEMBER_FROM_MS) return null
  return (
    <a class="button remember" href={`/c/${encodeURIComponent(programme.ceremony_id)}/calendar.ics`}>
      {t('Put it into my calendar')}
    </a>
  )
}

/** The time of the ceremony by its own clock and by the person's. */
export function Clocks({ programme }: { programme: Programme }) {
  const at_ms = programme.starts_ms
  return (
    <dl class="clocks">
      <div>
        <dt class="digits">{timeAt(at_ms, programme.zone)}</dt>
        <dd class="second">{zoneName(programme.zone, at_ms)}</dd>
      </div>
      {!sameClock(programme.zone, at_ms) && (
        <div>
          <dt class="digits">{timeAt(at_ms)}</dt>
          <dd class="second">
            {t('by your own clock')}
            {dateAt(at_ms) !== dateAt(at_ms, programme.zone) && <>, {dateAt(at_ms)}</>}
          </dd>
        </div>
      )}
    </dl>
  )
}

function SoundCheck({ session }: { session: Session }) {
  const page = usePage()
  const [heard, setHeard] = useState<'' | 'yes' | 'no'>('')
  const telephone = page.live.value.boot.telephone
  const running = soundOf(session).value === 'running'
  function again(): void {
    if (running) session.sound.checkTone()
    else void session.unlock()
    setHeard('')
  }
  return (
    <div class="card sound-check">
      <h2>{heard === 'yes' ? t('The sound works.') : t('Did you hear the tone?')}</h2>
      {heard === 'no' && (
        <p>
          {t('Please turn up the loudness of your device, and look whether headphones are plugged in. Then play the tone again.')}
        </p>
      )}
      {heard === 'no' && telephone !== '' && (
        <p>
          {t('You can also listen by telephone:')} <Telephone number={telephone} />
        </p>
      )}
      <div class="buttons">
        {heard !== 'yes' && (
          <button class="button" type="button" onClick={() => setHeard('yes')}>
            {t('Yes, I heard it')}
          </button>
        )}
        <button class="button" type="button" onClick={again}>
          {t('Play it again')}
        </button>
        {heard === '' && (
          <button class="button" type="button" onClick={() => setHeard('no')}>
            {t('I hear nothing')}
          </button>
        )}
      </div>
    </div>
  )
}

/** Who is here: numbers first, then countries by size, then the names of those who wished to be named. */
function Here() {
  const page = usePage()
  const presence = page.live.value.presence
  if (presence === null || presence.people === 0) return null
  const places = Object.entries(presence.places)
    .map(([code, people]) => ({ code, people, name: countryName(page, code) }))
    .sort((a, b) => b.people - a.people || a.name.localeCompare(b.name))
  const said = peopleSaid(presence.people, places.length)
  if (page.variant !== 'participant') return <p class="second">{said}</p>
  return (
    <details class="card here">
      <summary>
        <h2>{said}</h2>
      </summary>
      <ul class="here-places">
        {places.map((one) => (
          <li key={one.code}>
            <bdi>{one.name}</bdi> <span class="second digits">{one.people}</span>
          </li>
        ))}
        {presence.elsewhere > 0 && places.length > 0 && (
          <li>
            {t('From elsewhere')} <span class="second digits">{presence.elsewhere}</span>
          </li>
        )}
      </ul>
      <Named />
    </details>
  )
}

interface Row {
  name: string
  community: string
  people: number
}

function Named() {
  const page = usePage()
  const [rows, setRows] = useState<Row[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  async function fetchMore(): Promise<void> {
    const found = await page.session.roster(next, '')
    if (found === null) return
    setRows([...(rows ?? []), ...found.rows.filter((row) => row.name !== '')])
    setNext(found.next)
  }
  return (
    <>
      {rows !== null && (
        <ul class="here-names">
          {rows.map((row, at) => (
            <li key={at}>
              <Name of={row.name} />
              {row.community !== '' && (
                <span class="second">
                  , <bdi>{row.community}</bdi>
                </span>
              )}
            </li>
          ))}
          {rows.length === 0 && <li class="second">{t('Nobody has wished to be named so far.')}</li>}
        </ul>
      )}
      {(rows === null || next !== null) && (
        <button class="button" data-quiet type="button" onClick={() => void fetchMore()}>
          {rows === null ? t('Names of those who wished to be named') : t('More names')}
        </button>
      )}
    </>
  )
}
