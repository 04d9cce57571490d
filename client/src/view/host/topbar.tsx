// The line at the top: clock, plan, who is here, how the line holds.
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { t, tn } from '../../text/messages'
import type { Presence } from '../../wire'
import { timeAt, zoneName } from '../dates'
import type { Desk } from './desk'
import { expected } from './runofshow'
import { Status } from './status'
import { StepFigure, useStill } from './strip'
import { againstPlan, length, timeWithSeconds } from './words'

/** On a small screen the number of people stays with their names, under People. */
export function TopBar({ desk, wide }: { desk: Desk; wide: boolean }) {
  const programme = desk.programme.value
  // In a row of its own, for it is a whole sentence.
  const isDown = desk.live.value.link === 'lost' || desk.live.value.link === 'gone'
  return (
    <header class="h-topbar">
      <div class="h-name">
        <h1>{desk.text(programme?.title) || t('Host console')}</h1>
        {programme?.rehearsal === true && <p class="h-rehearsal">{t('Rehearsal: nobody without its link sees this.')}</p>}
        {programme != null && programme.cancelled !== null && <p class="h-rehearsal">{t('This ceremony is not held.')}</p>}
        {!isDown && <Line desk={desk} />}
      </div>
      {programme !== null && (
        <dl class="h-figures">
          <Clock desk={desk} />
          <Plan desk={desk} wide={wide} />
          {wide && <Present desk={desk} />}
        </dl>
      )}
      {isDown ? <Line desk={desk} /> : <Status desk={desk} />}
    </header>
  )
}

function Figure({ name, children, note, tone }: { name: string; children: ComponentChildren; note?: string; tone?: string }) {
  return (
    <div class={`h-figure is-${tone || 'plain'}`}>
      <dt>{name}</dt>
      <dd>
        <span class="h-value">{children}</span>
        {note !== undefined && note !== '' && <span class="h-note">{note}</span>}
      </dd>
    </div>
  )
}

function Clock({ desk }: { desk: Desk }) {
  const zone = desk.programme.value?.zone ?? 'UTC'
  const now_ms = desk.now_s.value * 1000
  const here = timeAt(now_ms)
  const note = here === timeAt(now_ms, zone) ? '' : t('{time} where you are', { time: here })
  return (
    <Figure name={zoneName(zone, now_ms)} note={note}>
      {timeWithSeconds(now_ms, zone)}
    </Figure>
  )
}

function Plan({ desk, wide }: { desk: Desk; wide: boolean }) {
  const programme = desk.programme.value
  const now_ms = desk.now_s.value * 1000
  if (programme === null) return null
  const schedule = expected(programme, desk.state.value.progress, now_ms)
  const closed = desk.shown.value.phase === 'closed'
  const planned = timeAt(schedule.plannedEnd_ms, programme.zone)
  const running = schedule.elapsed_ms
  return (
    <>
      {!wide && running !== null ? null : running === null ? (
        <Figure name={t('Begins')} note={now_ms < programme.starts_ms ? t('in {time}', { time: length(programme.starts_ms - now_ms) }) : ''}>
          {timeAt(programme.starts_ms, programme.zone)}
        </Figure>
      ) : (
        <Figure name={closed ? t('Lasted') : t('Running for')}>{length(running)}</Figure>
      )}
      <Figure name={t('Plan')} tone={schedule.behind_ms >= 60_000 ? 'late' : ''}>
        {againstPlan(schedule.behind_ms)}
      </Figure>
      <Figure name={closed ? t('Ended') : t('Expected end')} note={t('planned {time}', { time: planned })}>
        {timeAt(schedule.expectedEnd_ms, programme.zone)}
      </Figure>
    </>
  )
}

function Present({ desk }: { desk: Desk }) {
  // During a silence nothing on the page moves but the clock.
  const presence = useStill(desk)
  if (presence === null) return null
  return (
    <>
      <Figure
        name={t('Present')}
        note={[tn('at {n} screen', 'at {n} screens', presence.seats), places(presence), seatless(presence)]
          .filter((part) => part !== '')
          .join(', ')}
      >
        {tn('{n} person', '{n} people', presence.people)}
      </Figure>
      <StepFigure desk={desk} />
    </>
  )
}

/** Those who see the whole ceremony, and wait for a seat. */
function seatless({ waiting = 0 }: Presence): string {
  return waiting > 0 ? tn('{n} more watches until there is a seat', '{n} more watch until there is a seat', waiting) : ''
}

function places(presence: Presence): string {
  const count = Object.keys(presence.places).length
  return count === 0 ? '' : tn('{n} country', '{n} countries', count)
}

/** How the line holds, in words; the ceremony goes on without it. In a silence, when nothing can be pressed, the words stay. */
function Line({ desk }: { desk: Desk }) {
  const kept = useRef<{ words: string; tone: string; more: string } | null>(null)
  if (kept.current === null || !desk.calm.value) kept.current = lineOf(desk)
  const { words, tone, more } = kept.current
  return (
    <p class={`h-line is-${tone}`}>
      <span>{words}</span>
      {more !== '' && <span> {more}</span>}
    </p>
  )
}

function lineOf(desk: Desk): { words: string; tone: string; more: string } {
  const { link, lostSince_ms, clockBound_ms } = desk.live.value
  const waiting = desk.waiting.value
  let words: string
  let tone = 'good'
  if (link === 'gone') {
    words = t('This link is not valid any more.')
    tone = 'bad'
  } else if (link === 'lost') {
    const since = length(downFor(desk.now_s.value, lostSince_ms))
    words = t('The line is down for {time}. The ceremony goes on; what you press is sent as soon as the line is back.', { time: since })
    tone = 'down'
  } else if (link !== 'live') {
    words = t('Connecting…')
    tone = 'wait'
  } else if (Number.isFinite(clockBound_ms)) {
    words = t('Connected, clock to {n} ms', { n: Math.max(1, Math.round(clockBound_ms)) })
  } else {
    words = t('Connected')
  }
  const more =
    waiting === 0
      ? ''
      : link === 'live'
        ? `· ${tn('{n} press is being saved.', '{n} presses are being saved.', waiting)}`
        : tn('{n} press waits to be sent.', '{n} presses wait to be sent.', waiting)
  return { words, tone, more }
}

/** How long the line is down; the second is asked for so that it is drawn anew. */
function downFor(_now_s: number, lostSince_ms: number | null): number {
  return lostSince_ms === null ? 0 : performance.now() - lostSince_ms
}
