// What is remembered, and when: by the clock of the ceremony, by one's own, and how long still.
import '../style/audience.css'
import { t } from '../text/messages'
import type { Programme } from '../wire'
import { dateAt, digits, inWords, sameClock, timeAt, years, zoneName } from './dates'
import { Said, usePage } from './page'

const DIGITS_BELOW_MS = 24 * 3600_000
const REMEMBER_FROM_MS = 2 * 3600_000

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
      {programme.rehearsal && <p class="occasion-note">{t('This is a rehearsal. Only those who were sent its link see it.')}</p>}
      {programme.cancelled !== null && (
        <p class="occasion-note">
          {t('This ceremony is not held.')} <Said of={programme.cancelled} />
        </p>
      )}
    </header>
  )
}

export function Countdown({ programme }: { programme: Programme }) {
  const page = usePage()
  const left_ms = programme.starts_ms - page.now_s.value * 1000
  if (programme.cancelled !== null) return null
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
  if (programme.cancelled !== null || programme.starts_ms - page.now_s.value * 1000 < REMEMBER_FROM_MS) return null
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
