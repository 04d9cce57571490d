// Before it begins: the words of welcome, how long still, who is here, and whether the sound is heard.
import { useEffect, useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import type { Session } from '../session'
import type { NameTaken } from '../wire'
import { soundOf } from './hearing'
import { LateSound } from './later'
import { Clocks, Countdown, Occasion, Remember } from './occasion'
import { OrderOfService } from './order'
import { countryName, Name, programmeOf, usePage, Words } from './page'
import { Telephone } from './telephone'

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
        {mine && <LateSound />}
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
  key: string
  name: string
  community: string
  people: number
}

function Named() {
  const page = usePage()
  const [rows, setRows] = useState<Row[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  // A name that a moderator takes back leaves the page at once; nothing else moves.
  useEffect(
    () => page.session.on('name_taken', ({ key }: NameTaken) => setRows((now) => now?.filter((row) => row.key !== key) ?? null)),
    [page.session],
  )
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

/** "Here are 214 people, from 23 countries": quietly, and never while a silence is kept. */
export function peopleSaid(people: number, places: number): string {
  const here = tn('{n} person is here', '{n} people are here', people)
  return places > 1 ? `${here}, ${tn('from {n} country', 'from {n} countries', places)}` : here
}
