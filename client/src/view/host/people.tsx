// Who is here: totals by country from the presence, and names fetched page by page when somebody looks.
import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { language, t, tn } from '../../text/messages'
import type { RosterRow } from '../../wire'
import { dateAt } from '../dates'
import { countryName } from '../page'
import { Press } from './controls'
import type { Desk } from './desk'
import { Doors } from './doors'
import { Field } from './fields'
import { onStageAs, OntoStage } from './guests'
import { Strip, useStill } from './strip'

interface Found {
  rows: RosterRow[]
  next: string | null
  /** What the rows were searched for. */
  search: string
}

const SEARCH_MS = 300

export function People({ desk }: { desk: Desk }) {
  const presence = useStill(desk)
  const places = Object.entries(presence?.places ?? {}).sort(
    (a, b) => b[1] - a[1] || countryName(desk, a[0]).localeCompare(countryName(desk, b[0]), language()),
  )
  return (
    <div class="h-people">
      <Strip desk={desk} />
      <Doors desk={desk} />
      {presence !== null && (
        <section>
          <p>
            {tn('{n} person', '{n} people', presence.people)}, {tn('{n} screen', '{n} screens', presence.seats)}
            {presence.communities > 0 && `, ${tn('{n} community', '{n} communities', presence.communities)}`}
          </p>
          {presence.waiting !== undefined && presence.waiting > 0 && (
            <p>
              {tn(
                '{n} person more has entered and watches until there is a seat.',
                '{n} people more have entered and watch until there is a seat.',
                presence.waiting,
              )}
            </p>
          )}
          <ul class="h-places">
            {places.map(([code, people]) => (
              <li key={code}>
                <span>{countryName(desk, code)}</span> <b>{people}</b>
              </li>
            ))}
            {presence.elsewhere > 0 && (
              <li key="">
                <span>{t('Country not given')}</span> <b>{presence.elsewhere}</b>
              </li>
            )}
          </ul>
        </section>
      )}
      <Roster desk={desk} />
      <Keeping desk={desk} />
    </div>
  )
}

/** Until when names are kept, and afterwards that they are not. */
function Keeping({ desk }: { desk: Desk }) {
  const { keeping } = desk.live.value.boot
  const zone = desk.programme.value?.zone
  if (keeping === undefined) return null
  if (keeping.erased_ms !== null) {
    return <p class="h-facts">{t('The names and words of people were erased on {date}.', { date: dateAt(keeping.erased_ms, zone) })}</p>
  }
  if (keeping.until_ms === null) return null
  return <p class="h-facts">{t('The names and words of people will be erased on {date}.', { date: dateAt(keeping.until_ms, zone) })}</p>
}

function Roster({ desk }: { desk: Desk }) {
  const roster = useMemo(() => createRoster(desk), [desk])
  useEffect(() => roster.follow(), [roster])
  const { rows, next, search } = roster.found.value
  return (
    <section class="h-roster">
      <h3>{t('Names')}</h3>
      <p class="h-facts">{t('Only hosts see every name here; participants see those who agreed.')}</p>
      <Field label={t('Search for a name or community')} value={roster.search.value} most={80} onValue={(value) => roster.type(value)} />
      {rows.length === 0 ? (
        <p class="h-empty">{search === '' ? t('Nobody is here yet.') : t('Nobody of this name is here.')}</p>
      ) : (
        <ul class="h-names">
          {rows.map((row, i) => (
            <li key={row.participant_id ?? i}>
              <b dir="auto">{row.name || t('without a name')}</b>
              <span class="h-facts">
                {[
                  row.community,
                  countryName(desk, row.country),
                  row.people > 1 ? tn('{n} person', '{n} people', row.people) : '',
                  roleWord(row.role),
                  onStageAs(desk, row),
                  row.online ? '' : t('not connected'),
                  row.name_state === 'held' && row.name !== '' ? t('name not released yet') : '',
                  row.name_state === 'hidden' ? t('name hidden') : '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
              <OntoStage desk={desk} row={row} />
            </li>
          ))}
        </ul>
      )}
      {next !== null && (
        <Press desk={desk} kind="quiet" always onPress={() => void roster.more()}>
          {t('More names')}
        </Press>
      )}
    </section>
  )
}

function roleWord(role: string | null | undefined): string {
  switch (role) {
    case 'host':
      return t('host')
    case 'moderator':
      return t('moderator')
    case 'speaker':
      return t('speaker')
    case 'organizer':
    case 'admin':
      return t('organizer')
    default:
      return ''
  }
}

/** The pages fetched so far, again from the first when the server hints at a change; nothing moves during a silence. */
function createRoster(desk: Desk) {
  const search = signal('')
  const found = signal<Found>({ rows: [], next: null, search: '' })
  let asked = 0
  let typing: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    if (desk.calm.peek()) return
    const turn = ++asked
    const wanted = search.peek()
    // As many names as are shown now, so that the list does not jump back.
    const least = found.peek().search === wanted ? found.peek().rows.length : 0
    const rows: RosterRow[] = []
    let next: string | null = null
    do {
      const page = await desk.session.roster(next, wanted)
      if (page === null || turn !== asked) return
      rows.push(...page.rows)
      next = page.next
    } while (next !== null && rows.length < least)
    found.value = { rows, next, search: wanted }
  }

  return {
    search,
    found,
    type: (value: string) => {
      search.value = value
      clearTimeout(typing)
      typing = setTimeout(() => void load(), SEARCH_MS)
    },
    async more() {
      const { rows, next, search: wanted } = found.peek()
      const turn = ++asked
      const page = await desk.session.roster(next, wanted)
      if (page !== null && turn === asked) found.value = { rows: [...rows, ...page.rows], next: page.next, search: wanted }
    },
    follow() {
      void load()
      const end = desk.session.onRosterChanged(() => void load())
      return () => {
        asked += 1
        clearTimeout(typing)
        end()
      }
    },
  }
}
