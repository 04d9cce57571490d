// All series, with the next ceremony of each; above them what an organizer must know.
import { t } from '../text/messages'
import { dateAt, timeAt, inWords } from '../view/dates'
import { api } from './asking'
import { Buttons, Button, Icon, LinkButton, Mark, Notice, Said, Show, tell, useDoing, useLoaded } from './kit'
import { dateAddress, go, seriesAddress } from './router'
import { Titled } from './shell'
import type { Overview, Row, SeriesLine, TrailEntry } from './types'
import { cityOf, dayOf, departureWords, hourAt, ownHour, pick, tagOf, yearsOf } from './words'

export function SeriesList() {
  const overview = useLoaded(() => api.overview(), [])
  return (
    <Titled title={t('Series of ceremonies')}>
      <Show of={overview}>{(found) => <Found overview={found} again={() => void overview.again()} />}</Show>
    </Titled>
  )
}

function Found({ overview, again }: { overview: Overview; again: () => void }) {
  const there = overview.series.filter((one) => !one.removed)
  const removed = overview.series.filter((one) => one.removed)
  return (
    <>
      <Notices overview={overview} />
      {there.length === 0 ? <Empty /> : <Buttons><LinkButton href="/plan/series/new">{t('Make a new series')}</LinkButton></Buttons>}
      <ul class="p-cards">
        {there.map((one) => (
          <Card key={one.id} series={one} now_ms={overview.now_ms} />
        ))}
      </ul>
      {removed.length > 0 && (
        <details>
          <summary>{t('Taken out')}</summary>
          <ul class="p-lines">
            {removed.map((one) => (
              <Removed key={one.id} series={one} again={again} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Notices({ overview }: { overview: Overview }) {
  return (
    <>
      {overview.mail_fault !== '' && (
        <Notice sign="trouble">
          <p>{t('The last mail could not be sent: {why}', { why: overview.mail_fault })}</p>
        </Notice>
      )}
      {!overview.sends_mail && (
        <Notice>
          <p>{t('This server sends no mail. Links and reminders have to be handed on in another way.')}</p>
        </Notice>
      )}
      {overview.notices.map((entry) => (
        <ZoneMoved key={entry.id} entry={entry} title={overview.series.find((one) => one.id === entry.series)} />
      ))}
    </>
  )
}

/** The law of a zone has changed: the ceremony stays at its hour there, and the instant moves. */
function ZoneMoved({ entry, title }: { entry: TrailEntry; title: SeriesLine | undefined }) {
  const { facts } = entry
  const zone = String(facts['zone'] ?? '')
  const [before_ms, after_ms] = [Number(facts['before_ms']), Number(facts['after_ms'])]
  return (
    <Notice sign="warning">
      <p>
        <strong>
          <Said of={title?.title ?? { en: entry.series }} />
        </strong>
      </p>
      <p>
        {t('The clocks of {city} will stand differently than was known. The ceremony of {date} keeps its hour there, {hour}.', {
          city: cityOf(zone),
          date: dateAt(after_ms, zone),
          hour: timeAt(after_ms, zone),
        })}{' '}
        {t('By your clock it begins at {after}, and not at {before}.', { before: timeAt(before_ms), after: timeAt(after_ms) })}
      </p>
      <Buttons>
        <LinkButton href={dateAddress(entry.series, entry.about)}>{t('Look at it')}</LinkButton>
      </Buttons>
    </Notice>
  )
}

function Empty() {
  return (
    <section aria-labelledby="first">
      <h2 id="first">{t('Make the first one')}</h2>
      <p>
        {t(
          'A series is a ceremony that comes again each year: its day by a rule, its hour by the clock of one place, its programme, its people. You write it once; next year it is there by itself.',
        )}
      </p>
      <p>
        {t(
          'Examples such as Remembrance Sunday lie beside the server as files. Whoever runs it can load them; then they stand here, and you can take one over and change it.',
        )}
      </p>
      <Buttons>
        <LinkButton kind="main" href="/plan/series/new">
          {t('Begin with an empty form')}
        </LinkButton>
      </Buttons>
    </section>
  )
}

function Card({ series, now_ms }: { series: SeriesLine; now_ms: number }) {
  const [busy, doing] = useDoing()
  const { next } = series
  // What the rule has planned by itself still waits for its people, and for what was of last year alone.
  const makes = next === null || next.state === 'computed' || (next.state !== 'live' && next.guests === 0)
  function make(): void {
    doing(async () => {
      const made = await api.next(series.id)
      go(dateAddress(series.id, made.row.key))
      // After the page has come, which quietens the bar.
      setTimeout(() => tell(t('The next ceremony is there, with the programme and the people of the last one.'), made.trail), 0)
    })
  }
  return (
    <li class="p-card">
      <h2>
        <a href={seriesAddress(series.id)} lang={tagOf(series.title)}>
          {pick(series.title) || series.id}
        </a>
      </h2>
      <div class="p-marks">
        <Mark {...(series.published ? { sign: 'done' as const } : {})}>{series.published ? t('Published') : t('Draft')}</Mark>
        <Mark>{series.managed === 'file' ? t('Written in a file') : t('Written here')}</Mark>
        {series.faults > 0 && <Mark sign="trouble">{t('There is something to put right')}</Mark>}
      </div>
      {series.words !== '' && <p class="p-words">{series.words}</p>}
      {next === null ? <p>{t('No further date follows from the rule.')}</p> : <Next row={next} now_ms={now_ms} />}
      <Buttons>
        {makes ? (
          <Button kind="main" onPress={make} disabled={busy || next === null}>
            {t('Make the next ceremony')}
          </Button>
        ) : (
          <LinkButton kind="main" href={dateAddress(series.id, next.key)}>
            {t('To the next ceremony')}
          </LinkButton>
        )}
        <LinkButton href={seriesAddress(series.id, 'edit')} label={t('Edit: {title}', { title: pick(series.title) })}>
          {t('Edit')}
        </LinkButton>
        {series.published && (
          <LinkButton href={`/s/${encodeURIComponent(series.id)}`} label={t('Public page: {title}', { title: pick(series.title) })}>
            {t('Public page')}
          </LinkButton>
        )}
      </Buttons>
    </li>
  )
}

/** When the next one is, by both clocks, and what is out of the ordinary about it. */
export function Next({ row, now_ms }: { row: Row; now_ms: number }) {
  const own = ownHour(row.instant_ms, row.zone)
  const departure = departureWords(row)
  const left_ms = row.instant_ms - now_ms
  return (
    <div>
      <p class="p-day">{dayOf(row)}</p>
      <p>
        {yearsOf(row) !== '' && <>{yearsOf(row)}. </>}
        {hourAt(row.instant_ms, row.zone)}
        {own !== '' && <>; {own}</>}.{left_ms > 0 && row.departure !== 'cancelled' && <span class="p-aside"> {t('It begins {when}.', { when: inWords(left_ms) })}</span>}
      </p>
      {departure !== '' && (
        <p>
          <Icon sign="warning" /> {departure}
        </p>
      )}
    </div>
  )
}

function Removed({ series, again }: { series: SeriesLine; again: () => void }) {
  const [busy, doing] = useDoing()
  return (
    <li class="p-row">
      <Said of={Object.keys(series.title).length === 0 ? { en: series.id } : series.title} />
      <Button
        disabled={busy}
        onPress={() =>
          doing(async () => {
            const back = await api.deed(series.id, 'restore', series.version)
            tell(t('The series is back.'), back.trail, again)
            again()
          })
        }
      >
        {t('Bring it back')}
      </Button>
    </li>
  )
}
