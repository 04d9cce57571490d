// One series: its next ceremonies, its form, its programme, its people, its history.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import { civilDate } from '../view/dates'
import type { Deed } from './api'
import { api } from './asking'
import { Departing } from './departing'
import { Button, Buttons, Confirm, Faults, LinkButton, Mark, Notice, Show, Table, Tabs, tell, useDoing, useLoaded } from './kit'
import { Next } from './list'
import { PeoplePage } from './people'
import { dateAddress, go, seriesAddress, type SeriesTab } from './router'
import { ProgrammeForm, SeriesForm, Titled } from './shell'
import { History } from './trail'
import type { Row, Series, Text } from './types'
import { departureWords, lasting, pick, stateWords, tagOf, yearsOf } from './words'

export function SeriesPage({ id, tab }: { id: string; tab: SeriesTab }) {
  // What was changed in another tab shows when this one is opened again.
  const series = useLoaded(() => api.series(id), [id, tab])
  const title = titleOf(series.value.value) ?? id
  return (
    <Titled
      title={title}
      lang={series.value.value === null ? undefined : tagOf(titleText(series.value.value)) || undefined}
      above={
        <p class="p-above">
          <a href="/plan">{t('All series')}</a>
        </p>
      }
    >
      <Tabs
        label={t('Parts of this series')}
        current={tab}
        tabs={[
          { id: 'overview', words: t('Overview'), href: seriesAddress(id) },
          { id: 'edit', words: t('Date and place'), href: seriesAddress(id, 'edit') },
          { id: 'programme', words: t('Programme'), href: seriesAddress(id, 'programme') },
          { id: 'people', words: t('People'), href: seriesAddress(id, 'people') },
          { id: 'history', words: t('History'), href: seriesAddress(id, 'history') },
        ]}
      />
      {tab === 'overview' && <Show of={series}>{(found) => <Overview series={found} again={() => void series.again()} />}</Show>}
      {tab === 'edit' && <SeriesForm id={id} />}
      {tab === 'programme' && <ProgrammeForm series={id} />}
      {tab === 'people' && <PeoplePage id={id} />}
      {tab === 'history' && <History series={id} />}
    </Titled>
  )
}

function titleText(series: Series): Text {
  const title = series.document['title']
  return typeof title === 'object' && title !== null && !Array.isArray(title) ? (title as Text) : {}
}

function titleOf(series: Series | null): string | undefined {
  return series === null ? undefined : pick(titleText(series)) || series.id
}

function Overview({ series, again }: { series: Series; again: () => void }) {
  const [adding, setAdding] = useState(false)
  const [busy, doing] = useDoing()
  const published = series.published_ms !== null
  const now_ms = Date.now()
  const next = series.rows.find((row) => row.state !== 'over' && row.departure !== 'cancelled')
  function deed(name: Deed, words: string): void {
    doing(async () => {
      const done = await api.deed(series.id, name, series.version)
      again()
      tell(words, done.trail, again)
    })
  }
  function makeNext(): void {
    doing(async () => {
      const made = await api.next(series.id)
      go(dateAddress(series.id, made.row.key))
    })
  }
  return (
    <>
      {series.removed_ms !== null && (
        <Notice sign="warning">
          <p>{t('This series is taken out. Nothing of it is planned.')}</p>
          <Buttons>
            <Button onPress={() => deed('restore', t('The series is back.'))} disabled={busy}>
              {t('Bring it back')}
            </Button>
          </Buttons>
        </Notice>
      )}
      <div class="p-marks">
        <Mark {...(published ? { sign: 'done' as const } : {})}>{published ? t('Published') : t('Draft')}</Mark>
        <Mark>{series.managed === 'file' ? t('Written in a file') : t('Written here')}</Mark>
      </div>
      {series.words !== '' && <p class="p-lead p-words">{series.words}</p>}
      {series.planned_s > 0 && <p>{t('The programme lasts {length}.', { length: lasting(series.planned_s) })}</p>}
      {series.faults.length > 0 && (
        <Notice sign="warning">
          <p>{t('There is something to put right:')}</p>
          <Faults faults={series.faults} />
        </Notice>
      )}
      {next !== undefined && (
        <section aria-labelledby="next">
          <h2 id="next">{t('The next ceremony')}</h2>
          <Next row={next} now_ms={now_ms} />
          <Buttons>
            {(next.state === 'computed' || (next.state !== 'live' && next.guests === 0)) && series.removed_ms === null && (
              <Button kind="main" onPress={makeNext} disabled={busy}>
                {t('Make the next ceremony')}
              </Button>
            )}
            {next.state !== 'computed' && (
              <LinkButton kind={next.guests === 0 ? undefined : 'main'} href={dateAddress(series.id, next.key)}>
                {t('To the next ceremony')}
              </LinkButton>
            )}
            {published && <LinkButton href={`/s/${encodeURIComponent(series.id)}`}>{t('Public page')}</LinkButton>}
          </Buttons>
        </section>
      )}
      <section aria-labelledby="dates">
        <h2 id="dates">{t('Dates')}</h2>
        <DatesOf rows={series.rows} />
        <Buttons>
          {next !== undefined && <Button onPress={() => setAdding(true)}>{t('Add one beside the rule')}</Button>}
          <Button onPress={() => print()}>{t('Print')}</Button>
        </Buttons>
        {adding && next !== undefined && <Departing kind="extra" row={next} onClose={() => setAdding(false)} onDone={again} />}
      </section>
      <section aria-labelledby="whole" class="p-noprint">
        <h2 id="whole">{t('The series as a whole')}</h2>
        {series.managed === 'file' && (
          <>
            <p>
              {t('This series is written in a file on the server. To change it on these pages, take it over: from then on the file does not count any more.')}
            </p>
            <Buttons>
              <Confirm
                words={t('Take it over')}
                again={t('Press again to take it over')}
                disabled={busy}
                onPress={() => deed('adopt', t('The series is written here from now on.'))}
              />
            </Buttons>
          </>
        )}
        <p>
          {published
            ? t('It is published: its public page can be seen, and its ceremonies are planned by themselves.')
            : t('It is a draft: nobody but the organizers sees it, and nothing is planned.')}
        </p>
        <Buttons>
          {published ? (
            <Confirm
              words={t('Make it a draft again')}
              again={t('Press again: it disappears from the public pages')}
              disabled={busy}
              onPress={() => deed('unpublish', t('The series is a draft again.'))}
            />
          ) : (
            series.removed_ms === null && (
              <Button kind="main" onPress={() => deed('publish', t('The series is published.'))} disabled={busy}>
                {t('Publish')}
              </Button>
            )
          )}
          <LinkButton href={api.exported(series.id)} download>
            {t('Save as a file')}
          </LinkButton>
          {series.removed_ms === null && (
            <Confirm
              words={t('Take it out')}
              again={t('Press again to take it out')}
              disabled={busy}
              onPress={() => deed('remove', t('The series is taken out.'))}
            />
          )}
        </Buttons>
      </section>
    </>
  )
}

const SHOWN = 12

/** The dates of a series in a table; of a daily one the first few. */
function DatesOf({ rows }: { rows: Row[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? rows : rows.slice(0, SHOWN)
  if (rows.length === 0) return <p>{t('No further date follows from the rule.')}</p>
  return (
    <>
      <Table
        caption={t('The dates to come, by the clock of the ceremony')}
        rows={shown}
        keyOf={(row) => row.key}
        columns={[
          {
            head: t('Day'),
            cell: (row) => (
              <a href={dateAddress(row.series, row.key)} class={row.departure === 'cancelled' ? 'is-gone' : undefined}>
                {civilDate(row.local_date)}
              </a>
            ),
          },
          { head: t('Hour'), cell: (row) => row.local },
          { head: t('Number'), cell: (row) => yearsOf(row) || '–' },
          {
            head: t('State'),
            cell: (row) =>
              [departureWords(row), row.provisional ? t('provisional') : '', stateWords(row.state)].filter((one) => one !== '').join('; '),
          },
        ]}
      />
      {rows.length > SHOWN && (
        <Button kind="quiet" onPress={() => setAll(!all)} expanded={all}>
          {all ? t('Show fewer') : t('Show all {n}', { n: rows.length })}
        </Button>
      )}
    </>
  )
}
