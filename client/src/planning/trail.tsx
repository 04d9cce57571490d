// Who changed what and when, in sentences, and how it is taken back.
import { useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import { civilDate, dateAt, timeAt } from '../view/dates'
import { api } from './asking'
import { Button, Buttons, Mark, Show, tell, tellTrouble, useDoing, useLoaded } from './kit'
import { dateAddress, seriesAddress } from './router'
import { Titled } from './shell'
import type { Text, TrailEntry } from './types'
import { cityOf, pick } from './words'

export function Trail() {
  return (
    <Titled title={t('History')}>
      <History series="" />
    </Titled>
  )
}

/** What was done, the latest first; `series` empty for all of it. */
export function History({ series }: { series: string }) {
  const trail = useLoaded(async () => {
    const [entries, overview] = await Promise.all([api.trail(series), api.overview()])
    return { entries, titles: new Map(overview.series.map((one) => [one.id, one.title])) }
  }, [series])
  const [ended, setEnded] = useState(false)
  async function more(): Promise<void> {
    const now = trail.value.peek()
    const last = now?.entries.at(-1)
    if (now === null || last === undefined) return
    const older = await api.trail(series, last.id)
    if (older.length === 0) setEnded(true)
    trail.value.value = { ...now, entries: [...now.entries, ...older] }
  }
  return (
    <Show of={trail}>
      {({ entries, titles }) => (
        <>
          {entries.length === 0 && <p>{t('Nothing has been changed yet.')}</p>}
          <ul class="p-lines">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} titles={titles} whole={series === ''} again={() => void trail.again()} />
            ))}
          </ul>
          {entries.length > 0 && !ended && <Button onPress={() => void more().catch(tellTrouble)}>{t('Show what was before')}</Button>}
          {ended && <p class="p-aside">{t('This is all.')}</p>}
        </>
      )}
    </Show>
  )
}

function Entry({ entry, titles, whole, again }: { entry: TrailEntry; titles: ReadonlyMap<string, Text>; whole: boolean; again: () => void }) {
  const [busy, doing] = useDoing()
  const title = pick(titles.get(entry.series)) || entry.series
  const dated = /^\d{4}-\d{2}-\d{2}$/.test(entry.about)
  return (
    <li>
      <span>
        {sentence(entry)}{' '}
        {(whole || dated) && entry.series !== '' && (
          <a href={dated ? dateAddress(entry.series, entry.about) : seriesAddress(entry.series)}>
            {dated ? `${whole ? `${title}, ` : ''}${civilDate(entry.about)}` : title}
          </a>
        )}
      </span>
      <small>{t('{date}, {time}', { date: dateAt(entry.at_ms), time: timeAt(entry.at_ms) })}</small>
      {entry.undone_ms !== null && (
        <span>
          <Mark>{t('Undone on {date}', { date: dateAt(entry.undone_ms) })}</Mark>
        </span>
      )}
      {entry.undoable && (
        <Buttons>
          <Button
            disabled={busy}
            label={t('Undo: {what}', { what: sentence(entry) })}
            onPress={() =>
              doing(async () => {
                await api.undo(entry.id)
                tell(t('Undone.'))
                again()
              })
            }
          >
            {t('Undo')}
          </Button>
        </Buttons>
      )}
    </li>
  )
}

/** An entry as a sentence: who, and what. */
export function sentence(entry: TrailEntry): string {
  const { facts } = entry
  const who = entry.by_name === '' ? t('The server') : entry.by_name
  const name = String(facts['name'] ?? '')
  const people = Number(facts['people'] ?? 0)
  switch (entry.kind) {
    case 'series.made':
      return t('{who} made the series.', { who })
    case 'series.saved':
    case 'series.changed':
      return t('{who} changed the series.', { who })
    case 'series.published':
      return t('{who} published the series.', { who })
    case 'series.unpublished':
      return t('{who} made the series a draft again.', { who })
    case 'series.removed':
      return t('{who} took the series out.', { who })
    case 'series.restored':
      return t('{who} brought the series back.', { who })
    case 'series.adopted':
      return t('{who} took the series over from its file.', { who })
    case 'occurrence.made':
      return t('{who} made the next ceremony.', { who })
    case 'occurrence.saved':
      return t('{who} changed programme or notes of a ceremony.', { who })
    case 'occurrence.moved':
      return t('{who} moved a ceremony.', { who })
    case 'occurrence.cancelled':
      return t('{who} cancelled a ceremony.', { who })
    case 'occurrence.extra':
      return t('{who} added a ceremony beside the rule.', { who })
    case 'occurrence.confirmed':
      return t('{who} confirmed a date.', { who })
    case 'occurrence.by_rule':
      return t('{who} put a date back as the rule says.', { who })
    case 'rehearsal.made':
      return t('{who} made a rehearsal.', { who })
    case 'rehearsal.wiped':
      return t('{who} wiped a rehearsal.', { who })
    case 'people.added':
      return name === '' ? tn('{who} added {n} person.', '{who} added {n} people.', people, { who }) : t('{who} added {name}.', { who, name })
    case 'people.invited':
      return tn('{who} invited {n} person.', '{who} invited {n} people.', people, { who })
    case 'people.mailed':
      return tn('{who} had an invitation sent to {n} person.', '{who} had invitations sent to {n} people.', people, { who })
    case 'person.changed':
      return t('{who} changed what is written of {name}.', { who, name })
    case 'person.remembered':
      return t('{who} noted that {name} is remembered.', { who, name })
    case 'person.not_remembered':
      return t('{who} noted that {name} is not among the remembered.', { who, name })
    case 'person.removed':
      return t('{who} removed {name}.', { who, name })
    case 'person.uninvited':
      return t('{who} took {name} off the list of guests.', { who, name })
    case 'due.again':
      return t('{who} had something tried again.', { who })
    case 'zone.moved':
      return t('The clocks of {city} changed by law, and a ceremony with them.', { city: cityOf(String(facts['zone'] ?? '')) })
    case 'undone': {
      const of = String(facts['of'] ?? '')
      const before = sentence({ ...entry, kind: of === 'undone' ? '' : of, by_name: '…' })
      return t('{who} took back: {what}', { who, what: before.replace(/^…\s*/, '') })
    }
    default:
      return t('{who} changed something.', { who })
  }
}
