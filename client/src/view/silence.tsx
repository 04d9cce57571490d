// A silence: the invitation, then a dark still frame in which nothing but the light of a candle keeps the beat.
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { createFrames } from '../frames'
import { t, tn } from '../text/messages'
import { beatAt, beatCount, beatInstant, type SilencePlan } from '../metronome'
import { isLocked, silenceInstants, type SilencePart } from '../timeline'
import type { Item, Run, Silence as SilenceDetail } from '../wire'
import { isStill } from './crossfade'
import { Flame } from './flame'
import { Said, usePage, Words } from './page'

/** The light comes and goes over this long each: slow enough that no change is ever sudden. */
export const EASE_MS = 420
const VIBRATION_MS = 40

export function Silence(props: { item: Item; detail: SilenceDetail; run: Run; part: SilencePart | null }) {
  const { item, detail, run, part } = props
  const { text } = usePage()
  const still = isLocked(part)
  // After the rest the frame stays as it was, until the next item comes.
  const over = part === null
  const frame = useRef<HTMLElement>(null)
  return (
    <section class="silence" ref={frame} data-part={part ?? 'over'} aria-labelledby={`silence-${run.cue}`}>
      <Candlelight detail={detail} run={run} frame={frame} />
      <div class="silence-words" data-shown={!still && !over ? '' : undefined} aria-hidden={still || over ? 'true' : undefined}>
        {text(detail.invitation) === '' ? <p>{invitation()}</p> : <Words of={detail.invitation} />}
        <p class="second">{lengthSaid(detail)}</p>
      </div>
      <h1 class="silence-title" id={`silence-${run.cue}`}>
        {text(item.title) === '' ? t('A minute of silence') : <Said of={item.title} />}
      </h1>
    </section>
  )
}

function invitation(): string {
  return t('Let us be silent together. Those who can, please rise; those seated stay seated.')
}

/** "60 seconds, with the beat of a metronome." */
export function lengthSaid(detail: SilenceDetail): string {
  const length = tn('{n} second of silence', '{n} seconds of silence', detail.duration_s)
  if (detail.sound === 'metronome') return t('{length}, with the slow beat of a metronome.', { length })
  if (detail.sound === 'bell' || detail.start_signal === 'bell') return t('{length}, from one stroke of the bell.', { length })
  return t('{length}.', { length })
}

/**
 * The candle and its glow. The frame's own clock is the ceremony's, so that light and sound are one beat, whoever came
 * when. `data-beat` tells the beat; the glow is behind the flame and changes the picture's luminance by under 0.02.
 */
function Candlelight({ detail, run, frame }: { detail: SilenceDetail; run: Run; frame: RefObject<HTMLElement | null> }) {
  const { session } = usePage()
  const glow = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const instants = silenceInstants(detail, run.start_ms)
    const plan: SilencePlan = { ...detail, t0_ms: instants.t0_ms }
    const beats = beatCount(plan)
    const seenAt = createFrames()
    let handle = 0
    let told = ''
    let light = -1
    const beatOf = (at_ms: number) => {
      const within = at_ms >= instants.t0_ms && at_ms < instants.end_ms
      const index = within ? beatAt(plan, at_ms) : -1
      return index < beats ? index : -1
    }
    const draw = (timestamp_ms: number) => {
      handle = requestAnimationFrame(draw)
      const now_ms = session.now()
      const heard = beatOf(now_ms)
      const beat = heard < 0 ? '' : String(heard)
      if (beat !== told) {
        told = beat
        if (frame.current !== null) frame.current.dataset['beat'] = beat
        if (detail.vibration && beat !== '' && 'vibrate' in navigator) navigator.vibrate(VIBRATION_MS)
      }
      // The light is drawn for the moment in which this frame is seen; the trim of a loudspeaker is no business of the screen's.
      const seen_ms = now_ms + seenAt(timestamp_ms) - performance.now()
      const index = beatOf(seen_ms)
      const next = index < 0 || detail.sound !== 'metronome' || isStill() ? 0 : glowAt(seen_ms - beatInstant(plan, index))
      if (Math.abs(next - light) < 0.01 && next !== 0) return
      if (next === light) return
      light = next
      if (glow.current !== null) glow.current.style.opacity = next.toFixed(2)
    }
    draw(performance.now())
    return () => cancelAnimationFrame(handle)
  }, [detail, frame, run.start_ms, session])

  return (
    <div class="candlelight" aria-hidden="true">
      <div class="glows">
        <div class="glow" />
        <div class="glow glow-beat" ref={glow} />
      </div>
      <Flame />
    </div>
  )
}

/** How bright the beat's light is, 0 to 1, so long after the beat. */
export function glowAt(since_ms: number): number {
  if (since_ms < 0 || since_ms >= 2 * EASE_MS) return 0
  const way = since_ms < EASE_MS ? since_ms / EASE_MS : 2 - since_ms / EASE_MS
  return way * way * (3 - 2 * way)
}
