// How late the loudspeaker is: presses to a light, then to a tick; the difference is put right, and can be taken back.
import { useEffect, useRef, useState } from 'preact/hooks'
import { BEATS, beatsFrom, following, lampAt, PERIOD_MS, shiftFrom, type Following } from '../calibration'
import { createFrames } from '../frames'
import { language, t } from '../text/messages'
import { isStill } from './crossfade'
import { soundOf, turnOn } from './hearing'
import { usePage } from './page'
import { prefs } from './prefs'
import '../style/calibrate.css'

/** Long enough to put the hand in its place, and for earphones to wake up. */
const LEAD_MS = 3000
/** A press meant for the last beat must not begin the next part. */
const REST_MS = 1500
/** A click that follows the press it comes from is the same press. */
const ONE_PRESS_MS = 900
const STEP_MS = 20
const LATE_STAMP_MS = 1000

type Part = 'begin' | 'light' | 'between' | 'sound' | 'result' | 'uneven'

export function Calibrate({ onClose }: { onClose: () => void }) {
  const { session } = usePage()
  const { sound } = session
  const before_ms = useRef(sound.trim_ms)
  const [part, setPart] = useState<Part>('begin')
  const [shift_ms, setShift] = useState(sound.trim_ms)
  const [rests, setRests] = useState(false)
  const [count, setCount] = useState(0)
  const [checking, setChecking] = useState(false)
  const card = useRef<HTMLElement>(null)
  const lamp = useRef<HTMLDivElement>(null)
  const presses = useRef<number[]>([])
  const light = useRef<Following | null>(null)
  const first_ms = useRef(0)
  const lastPress = useRef(-Infinity)
  const heard = soundOf(session).value === 'running' && !prefs.value.muted
  const pressing = part === 'light' || part === 'sound'
  const lit = part === 'light' || checking

  useEffect(() => {
    card.current?.scrollIntoView({ block: 'nearest' })
    return () => sound.stopRehearsal()
  }, [sound])

  useEffect(() => {
    if (!lit) return
    const seenAt = createFrames()
    let handle = 0
    const draw = (timestamp_ms: number) => {
      handle = requestAnimationFrame(draw)
      const light = lampAt(seenAt(timestamp_ms), first_ms.current)
      // Without fading where a person wants nothing to move: on, then off.
      if (lamp.current !== null) lamp.current.style.opacity = (isStill() ? Math.ceil(light * 0.75) : light).toFixed(2)
    }
    draw(performance.now())
    const ends = setTimeout(ended, first_ms.current + BEATS * PERIOD_MS - performance.now())
    return () => {
      cancelAnimationFrame(handle)
      clearTimeout(ends)
      if (lamp.current !== null) lamp.current.style.opacity = '0'
    }
  }, [lit, part])

  useEffect(() => {
    if (part !== 'sound') return
    const ends = setTimeout(ended, first_ms.current + BEATS * PERIOD_MS - performance.now())
    return () => clearTimeout(ends)
  }, [part])

  useEffect(() => {
    if (!rests) return
    const over = setTimeout(() => setRests(false), REST_MS)
    return () => clearTimeout(over)
  }, [rests])

  function begin(next: 'light' | 'sound'): void {
    stopChecking()
    if (!heard) turnOn(session)
    presses.current = []
    setCount(0)
    first_ms.current = performance.now() + LEAD_MS
    // As it comes without any shift: what is measured is the loudspeaker.
    if (next === 'sound') sound.rehearse(beatsFrom(first_ms.current), false)
    setPart(next)
  }

  function ended(): void {
    setChecking(false)
    setRests(true)
    if (part === 'light') {
      light.current = following(presses.current, first_ms.current)
      setPart(light.current === null ? 'uneven' : 'between')
    } else if (part === 'sound') {
      const found = shiftFrom(light.current, following(presses.current, first_ms.current))
      if (found !== null) shift(found)
      setPart(found === null ? 'uneven' : 'result')
    }
  }

  function shift(ms: number): void {
    sound.setTrim_ms(ms)
    setShift(sound.trim_ms)
  }

  function press(event: Event): void {
    const fresh = Math.abs(performance.now() - event.timeStamp) < LATE_STAMP_MS
    const at = fresh ? event.timeStamp : performance.now()
    if (event.type === 'click' && at - lastPress.current < ONE_PRESS_MS) return
    lastPress.current = at
    if (!pressing || at < first_ms.current - PERIOD_MS / 2) return
    presses.current.push(at)
    setCount(Math.min(BEATS, presses.current.length))
  }

  function keyed(event: KeyboardEvent): void {
    if (!pressing || (event.key !== ' ' && event.key !== 'Enter')) return
    event.preventDefault()
    if (!event.repeat) press(event)
  }

  function go(): void {
    if (rests || pressing) return
    if (part === 'result') return onClose()
    begin(part === 'between' ? 'sound' : 'light')
  }

  function check(): void {
    if (checking) return stopChecking()
    if (!heard) turnOn(session)
    first_ms.current = performance.now() + LEAD_MS
    sound.rehearse(beatsFrom(first_ms.current), true)
    setChecking(true)
  }

  function stopChecking(): void {
    sound.stopRehearsal()
    setChecking(false)
  }

  return (
    <section class="card calibrate" ref={card} aria-label={t('When the sound comes late')} onKeyDown={keyed}>
      <p class="calibrate-said" role="status">
        {saying(part, shift_ms, before_ms.current)}
      </p>
      <div class="calibrate-stage" aria-hidden="true">
        <div class="calibrate-lamp" data-ear={part === 'sound' ? '' : undefined}>
          <div class="calibrate-light" ref={lamp} />
        </div>
        <p class="second digits">{pressing ? t('{n} of {all}', { n: count, all: BEATS }) : ''}</p>
      </div>
      {/* One button all along, so that the focus and the hand stay where they are. */}
      <button
        class="button calibrate-press"
        data-main
        type="button"
        aria-disabled={rests}
        onPointerDown={press}
        onClick={(event) => (pressing ? press(event) : go())}
      >
        {part === 'light' ? t('I see it') : part === 'sound' ? t('I hear it') : part === 'result' ? t('It is good so') : part === 'uneven' ? t('Once more') : t('Begin')}
      </button>
      <details class="calibrate-hand" {...(pressing ? { inert: true } : {})}>
        <summary>{t('Set it by hand')}</summary>
        <p>{shiftSaid(shift_ms)}</p>
        <div class="buttons">
          <button class="button" type="button" onClick={() => shift(shift_ms + STEP_MS)}>
            {t('Earlier')}
          </button>
          <button class="button" type="button" onClick={() => shift(shift_ms - STEP_MS)}>
            {t('Later')}
          </button>
          <button class="button" type="button" aria-pressed={checking} onClick={check}>
            {t('Listen and look')}
          </button>
          <button class="button" type="button" aria-disabled={shift_ms === 0} onClick={() => shift(0)}>
            {t('Without a shift')}
          </button>
        </div>
      </details>
      <div class="buttons" {...(pressing ? { inert: true } : {})}>
        <button class="button" type="button" aria-disabled={shift_ms === before_ms.current} onClick={() => shift(before_ms.current)}>
          {t('As before')}
        </button>
        {/* Always there, so that nothing moves when it is needed. */}
        <button class="button calibrate-again" type="button" data-shown={part === 'result' ? '' : undefined} onClick={() => begin('light')}>
          {t('Once more')}
        </button>
        <button class="button" type="button" onClick={onClose}>
          {t('Close')}
        </button>
      </div>
      <p class="hint">{t('This is kept on this device. With other earphones, do it again.')}</p>
    </section>
  )
}

function saying(part: Part, shift_ms: number, before_ms: number): string {
  switch (part) {
    case 'begin':
      return t('Put on your earphones. First a light comes ten times: press the button each time you see it. Then the same with a sound.')
    case 'light':
      return t('Press each time you see the light.')
    case 'between':
      return t('Thank you. Now close your eyes, if you like, and press each time you hear the beat.')
    case 'sound':
      return t('Press each time you hear the beat.')
    case 'uneven':
      return t('That was too uneven to tell. You can try it once more, or leave everything as it is.')
    case 'result':
      if (shift_ms > 0) return t('The sound came {s} seconds late. From now on the beat is played that much earlier.', { s: seconds(shift_ms) })
      if (before_ms !== 0) return t('The sound comes with the beat by itself. It is no longer shifted.')
      return t('The sound comes with the beat. Nothing needs to be changed.')
  }
}

function shiftSaid(ms: number): string {
  if (ms > 0) return t('The beat is played {s} seconds earlier.', { s: seconds(ms) })
  if (ms < 0) return t('The beat is played {s} seconds later.', { s: seconds(-ms) })
  return t('The beat is played without a shift.')
}

function seconds(ms: number): string {
  return new Intl.NumberFormat(language(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(ms / 1000)
}
