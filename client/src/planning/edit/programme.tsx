// The editor of a programme: that of a series, or that of one date alone.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { length } from '../../view/host/words'
import { LinkButton, tell, tellTrouble } from '../kit'
import { dateAddress, guardLeaving, seriesAddress } from '../router'
import type { Occurrence, Series, Table } from '../types'
import { Bar } from './bar'
import { faultsIn, getOccurrence, getPreview, getSeries, lastChanger, saveOccurrence, saveSeries } from './calls'
import { createDraft } from './draft'
import { EditingContext } from './editing'
import { faultsOf } from './faults'
import { Items } from './items'
import { ByFile, Stale } from './managed'
import { Faults, Radios } from './parts'
import { listAt, type Json } from './paths'
import { languagesIn } from './seriesform'
import type { Forms } from './shapes'
import { clock, isLobby, spans, total_s } from './timing'
import { dateOf } from './when'

interface Props {
  forms: Forms
  series: Series
  occurrence: Occurrence | null
}

/** Items and delegations: what a date may have of its own. */
function programmeOf(document: Table): Table {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key === 'items' || key === 'delegations'))
}

export function ProgrammeForm({ forms, series: first, occurrence: date }: Props) {
  const [series, setSeries] = useState(first)
  const [now, setNow] = useState(date)
  const [own, setOwn] = useState(date?.own ?? false)
  const [busy, setBusy] = useState(false)
  const [stale, setStale] = useState<string | null>(null)
  const key = date?.row.key ?? ''
  const draft = useMemo(() => {
    const document = date === null ? first.document : programmeOf(date.document)
    const made = createDraft(document, false, (typed) => getPreview(first.id, typed, key))
    made.ask()
    return made
  }, [])
  useEffect(() => {
    const unguarded = guardLeaving(() => draft.dirty.peek())
    return () => {
      unguarded()
      draft.end()
    }
  }, [])

  const byFile = date === null && series.managed === 'file'
  const off = byFile || (date !== null && !own)
  const whole = date === null ? draft.document.value : first.document
  const when = dateOf(whole)
  const written = typeof when['time'] === 'string' ? when['time'] : ''
  const time = now === null ? written : now.row.local
  const timeOf = typeof when['time_of'] === 'string' ? when['time_of'] : null
  const items = listAt(draft.document.value, ['items'])
  const halls = listAt(whole, ['halls'])
  const delegations = listAt(draft.document.value['delegations'] === undefined ? whole : draft.document.value, ['delegations'])

  function took(document: Table, faults: Series['faults'], replace: boolean): void {
    draft.saved(document, faults, replace)
    draft.ask()
  }

  async function load(): Promise<void> {
    try {
      if (date === null) {
        const next = await getSeries(series.id)
        setSeries(next)
        took(next.document, next.faults, true)
      } else {
        const next = await getOccurrence(series.id, key)
        setNow(next)
        setOwn(next.own)
        took(programmeOf(next.document), [], true)
      }
      setStale(null)
    } catch (error) {
      tellTrouble(error)
    }
  }

  /** Args: document: `null` for the programme of every year; over: the version that is written over. */
  async function save(document: Table | null, over = now?.version ?? series.version): Promise<void> {
    if (busy) return
    setBusy(true)
    try {
      if (now === null) {
        const answer = await saveSeries(series.id, over, document ?? {})
        if (answer.ok) {
          setSeries(answer.value)
          took(answer.value.document, answer.value.faults, draft.document.peek() === document)
          setStale(null)
          tell(t('Saved.'), answer.value.trail, () => void load())
        } else await refused(answer.refused)
      } else {
        const answer = await saveOccurrence(series.id, key, over, document, now.notes)
        if (answer.ok) {
          setNow(answer.value)
          setOwn(answer.value.own)
          took(programmeOf(answer.value.document), [], document === null || draft.document.peek() === document)
          setStale(null)
          tell(document === null ? t('This date has the programme of every year again.') : t('Saved.'), answer.value.trail, () => void load())
        } else await refused(answer.refused)
      }
    } catch (error) {
      tellTrouble(error)
    } finally {
      setBusy(false)
    }
  }

  async function refused(by: Parameters<typeof faultsIn>[0]): Promise<void> {
    const faults = faultsIn(by)
    if (faults.length > 0) draft.refused(faults)
    if (by.code === 'plan.stale') setStale(await lastChanger(series.id))
    else tellTrouble(by)
  }

  async function saveOver(): Promise<void> {
    try {
      const version = now === null ? (await getSeries(series.id)).version : (await getOccurrence(series.id, key)).version
      await save(draft.document.peek(), version)
    } catch (error) {
      tellTrouble(error)
    }
  }

  function choose(next: string): void {
    if (next === 'own') setOwn(true)
    // What was of this date alone goes with it, and comes back by "Undo".
    else if (now?.own === true) void save(null)
    else {
      setOwn(false)
      if (now !== null) took(programmeOf(now.document), [], true)
    }
  }

  const year = key.slice(0, 4)
  return (
    <EditingContext.Provider value={{ draft, forms, languages: languagesIn(whole), halls, off }}>
      <div class="e-editor">
        {byFile && (
          <ByFile
            series={series}
            onTaken={(next) => {
              setSeries(next)
              took(next.document, next.faults, true)
            }}
          />
        )}
        {stale !== null && <Stale by={stale} onTheirs={() => void load()} onMine={() => void saveOver()} />}
        {date !== null && (
          <EditingContext.Provider value={{ draft, forms, languages: languagesIn(whole), halls, off: busy }}>
            <Radios
              label={t('The programme of this date')}
              value={own ? 'own' : 'series'}
              options={[
                { value: 'series', words: t('As every year'), what: t('What is changed in the programme of the series is changed here too.') },
                { value: 'own', words: t('For {year} alone', { year }), what: t('It begins as it is every year; other years do not change.') },
              ]}
              onValue={choose}
            />
            {!own && <LinkButton href={seriesAddress(series.id, 'programme')}>{t('Change the programme of every year')}</LinkButton>}
          </EditingContext.Provider>
        )}
        <Whole items={items} time={time} timeOf={timeOf} />
        <Faults label={t('The programme')} faults={faultsOf(draft.faults.value, ['items'])} />
        <Items time={time} timeOf={timeOf} delegations={delegations} />
        {date !== null && (
          <p>
            <a class="link" href={dateAddress(series.id, key)}>
              {t('Back to the date')}
            </a>
          </p>
        )}
        <Bar draft={draft} busy={busy} off={off} onSave={() => void save(draft.document.peek())} />
      </div>
    </EditingContext.Provider>
  )
}

function Whole({ items, time, timeOf }: { items: readonly Json[]; time: string; timeOf: string | null }) {
  const times = spans(items, time, timeOf)
  const first = times?.[items.findIndex((item) => !isLobby(item))]
  const last = times?.at(-1)
  return (
    <dl class="e-whole">
      <div>
        <dt>{t('Begins')}</dt>
        <dd class="digits">{first === undefined ? '–' : clock(first.start_s)}</dd>
      </div>
      <div>
        <dt>{t('Ends')}</dt>
        <dd class="digits">{last === undefined ? '–' : clock(last.end_s)}</dd>
      </div>
      <div>
        <dt>{t('Length')}</dt>
        <dd class="digits">{length(total_s(items) * 1000)}</dd>
      </div>
    </dl>
  )
}
