// The bar at the bottom: the holding picture always in its corner, and the one large button that names what it starts.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../../text/messages'
import { LEAD_MS } from '../../timeline'
import { timeAt } from '../dates'
import { Icon, Press, Twice } from './controls'
import type { Desk } from './desk'
import { itemAfter, itemBefore, nextPress, type NextPress } from './runofshow'
import { stepLabel, stepName } from './steps'
import { countdown, length } from './words'

/** After a press, and after its meaning has changed, the large button rests this long. */
const GUARD_MS = 1000
/** The instant until which it rests, by performance.now(). */
let restsUntil = 0
const resting = signal(false)
let restTimer: ReturnType<typeof setTimeout> | undefined

function rest(): void {
  restsUntil = performance.now() + GUARD_MS
  resting.value = true
  clearTimeout(restTimer)
  restTimer = setTimeout(() => (resting.value = false), GUARD_MS)
}

export function Conduct({ desk, wide }: { desk: Desk; wide: boolean }) {
  if (!desk.conducts.value) {
    return (
      <footer class="h-conduct">
        <p class="h-plain">{t('You look after the queue and the texts. A host conducts the ceremony.')}</p>
      </footer>
    )
  }
  return (
    <footer class="h-conduct" aria-label={t('Conduct')}>
      <HoldingPicture desk={desk} />
      <Hold desk={desk} />
      <Back desk={desk} />
      <span class="h-space" />
      <Beside desk={desk} wide={wide} />
      <Next desk={desk} />
    </footer>
  )
}

function HoldingPicture({ desk }: { desk: Desk }) {
  const on = desk.state.value.progress.holding_since_ms !== null
  return (
    <div class={on ? 'h-holding is-on' : 'h-holding'}>
      <Press desk={desk} disabled={desk.shown.value.phase === 'closed'} onPress={() => holdingPicture(desk)}>
        {on ? t('Return to the ceremony') : t('Holding picture')}
      </Press>
    </div>
  )
}

/** Shows everybody the holding picture, or takes it away. */
export function holdingPicture(desk: Desk): void {
  const on = desk.state.value.progress.holding_since_ms !== null
  void desk.act(on ? 'picture.release' : 'picture.hold', {})
}

type Holding = { resume: boolean; possible: boolean; inWords: string }

function holding(desk: Desk): Holding {
  const shown = desk.shown.value
  const now_ms = desk.now_s.value * 1000
  const announced = desk.state.value.progress.runs.some((run) => run.start_ms > now_ms)
  const { run, item } = shown
  if (run === null || item === null) return { resume: false, possible: false, inWords: '' }
  const isOpen = run.holds.some((hold) => hold.to_ms === null)
  const goesOn = run.holds.find((hold) => hold.to_ms !== null && hold.to_ms > now_ms)
  if (isOpen) return { resume: true, possible: true, inWords: '' }
  if (goesOn?.to_ms != null) return { resume: true, possible: false, inWords: countdown(goesOn.to_ms - now_ms) }
  return { resume: false, possible: item.detail.kind !== 'silence' && !announced, inWords: '' }
}

/** Holds the live item, or lets it go on. */
export function holdOrResume(desk: Desk): void {
  const { resume, possible } = holding(desk)
  if (possible) void desk.act(resume ? 'item.resume' : 'item.hold', { aimed_cue: desk.state.value.progress.cues })
}

function Hold({ desk }: { desk: Desk }) {
  const { resume, possible, inWords } = holding(desk)
  return (
    <Press desk={desk} disabled={!possible} onPress={() => holdOrResume(desk)} title={t('The time of this item stands still')}>
      {inWords !== '' ? t('Goes on in {time}', { time: inWords }) : resume ? t('Go on') : t('Hold')}
    </Press>
  )
}

function Back({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const progress = desk.state.value.progress
  const item = programme === null ? null : itemBefore(programme, progress, desk.now_s.value * 1000)
  if (item === null) return <Press desk={desk} disabled onPress={() => undefined}>{t('Back')}</Press>
  return (
    <Twice
      desk={desk}
      id="back"
      words={t('Back')}
      label={`${t('Back')}: ${desk.text(item.title)}`}
      again={t('Yes, back to: {title}', { title: desk.text(item.title) })}
      onPress={() => void desk.act('item.cue', { item_id: item.id, aimed_cue: progress.cues })}
    />
  )
}

function current(desk: Desk): NextPress {
  const programme = desk.programme.value
  if (programme === null) return { kind: 'nothing' }
  // Both are read, so that this is drawn anew each second and at each change of what is shown.
  const now_ms = Math.max(desk.session.now(), desk.now_s.value * 1000, desk.shown.value.run?.start_ms ?? 0)
  return nextPress(programme, desk.state.value.progress, now_ms)
}

/** Beside the large button: take back what is announced, or leave the remaining steps out. */
function Beside({ desk, wide }: { desk: Desk; wide: boolean }) {
  const press = current(desk)
  const programme = desk.programme.value
  const cues = desk.state.value.progress.cues
  if (programme === null) return null
  if (press.kind === 'pending' && press.takeBack !== 'no') {
    const whole = press.takeBack === 'autopilot' ? t('Stop the autopilot and take back') : t('Take back')
    return (
      <Press desk={desk} onPress={() => void takeBack(desk, press.takeBack === 'autopilot')}>
        {whole}
      </Press>
    )
  }
  if (press.kind === 'step') {
    const item = itemAfter(programme, desk.state.value.progress, desk.now_s.value * 1000)
    if (item === null) return null
    return (
      <Twice
        desk={desk}
        id="leave-steps"
        words={wide ? t('Go on to: {title}', { title: desk.text(item.title) }) : t('Next item')}
        label={wide ? undefined : `${t('Next item')}: ${desk.text(item.title)}`}
        again={t('Yes, go on to: {title}', { title: desk.text(item.title) })}
        onPress={() => void desk.act('item.cue', { item_id: item.id, aimed_cue: cues })}
      />
    )
  }
  return null
}

async function takeBack(desk: Desk, autopilot: boolean): Promise<void> {
  if (autopilot && !(await desk.act('autopilot.set', { on: false })).ok) return
  await desk.act('item.cancel_cue', { aimed_cue: desk.state.value.progress.cues })
}

interface Face {
  /** What it does, in the words on it. */
  words: string
  note: string
  /** Changes whenever the meaning does. */
  meaning: string
  act: (() => void) | null
  tone: 'go' | 'wait' | 'calm' | 'over'
}

function face(desk: Desk): Face {
  const found = faceOf(desk)
  // Pressed already, and not heard of yet: the line is slow or down. A second press would only come too late.
  if (!desk.sending.value || found.act === null) return found
  const note = desk.live.value.link === 'live' ? t('Saving…') : t('Pressed; it goes out with the line')
  return { ...found, note, act: null, tone: 'wait' }
}

function faceOf(desk: Desk): Face {
  const press = current(desk)
  const progress = desk.state.value.progress
  const now_ms = desk.session.now()
  const title = (item: { title: Record<string, string> }) => desk.text(item.title)
  switch (press.kind) {
    case 'closed':
      return { words: t('The ceremony is closed'), note: '', meaning: 'closed', act: null, tone: 'calm' }
    case 'nothing':
      return { words: t('Nothing to begin'), note: '', meaning: 'nothing', act: null, tone: 'calm' }
    case 'pending':
      return {
        words: t('Starts in {n}…', { n: Math.max(1, Math.ceil((press.run.start_ms - now_ms) / 1000)) }),
        note: title(press.item),
        meaning: `pending ${press.run.cue}`,
        act: null,
        tone: 'wait',
      }
    case 'silence': {
      const left = countdown(press.until_ms - now_ms)
      const words = {
        invitation: t('The stillness begins in {time}', { time: left }),
        stillness: t('The silence begins in {time}', { time: left }),
        silence: t('{title}, {time} left', { title: title(press.item), time: left }),
        rest: t('A moment of rest, {time} left', { time: left }),
      }[press.part]
      return { words, note: t('Nothing to press now'), meaning: `silence ${press.item.id}`, act: null, tone: 'calm' }
    }
    case 'step': {
      const aimed = desk.shown.value.step
      return {
        words: stepLabel(press.item, press.step, press.count, (text) => desk.text(text)),
        note: stepName(press.item, press.step, (text) => desk.text(text)) === '' ? '' : t('{n} of {count}', { n: press.step + 1, count: press.count }),
        meaning: `step ${progress.cues} ${press.step}`,
        act: () => void desk.act('item.step', { aimed_cue: progress.cues, aimed_step: aimed, step: press.step }),
        tone: 'go',
      }
    }
    case 'item': {
      const { item, auto_ms } = press
      const long = t('{length} long', { length: length(item.planned_s * 1000) })
      const zone = desk.programme.value?.zone
      return {
        words: t('Next: {title}', { title: title(item) }),
        note:
          auto_ms === null
            ? `${long} · ${t('starts {n} seconds after the press', { n: Math.ceil((desk.live.value.presence?.lead_ms ?? LEAD_MS) / 1000) })}`
            : `${long} · ${t('by itself at {time}', { time: timeAt(auto_ms, zone) })}`,
        meaning: `item ${progress.cues} ${item.id}`,
        act: () => void desk.act('item.cue', { item_id: item.id, aimed_cue: progress.cues }),
        tone: 'go',
      }
    }
    case 'close':
      return {
        words: desk.armed.value === 'close' ? t('Yes, close the ceremony') : t('Close the ceremony'),
        note: t('This was the last item. Press twice.'),
        meaning: 'close',
        act: () => closeCeremony(desk),
        tone: 'over',
      }
  }
}

/** Closes with the second press. */
export function closeCeremony(desk: Desk): void {
  if (desk.press('close', t('Close the ceremony'))) void desk.act('ceremony.close', {})
}

/** Presses the large button, by hand or by key; during its rest, and in a silence, nothing happens. */
export function pressNext(desk: Desk): void {
  const { act } = face(desk)
  const isSecond = desk.armed.value === 'close' && desk.ripe.value
  if (act === null || desk.calm.value || (performance.now() < restsUntil && !isSecond)) return
  rest()
  act()
}

function Next({ desk }: { desk: Desk }) {
  const button = useRef<HTMLButtonElement>(null)
  const seen = useRef('')
  const { words, note, meaning, act, tone } = face(desk)
  // A press meant for what stood here a moment ago must not start something else.
  useEffect(() => {
    if (seen.current !== '' && seen.current !== meaning) rest()
    seen.current = meaning
  }, [meaning])
  const isSecond = desk.armed.value === 'close'
  const off = act === null || (isSecond ? !desk.ripe.value : resting.value)
  return (
    <button
      ref={button}
      type="button"
      id="next"
      class={`h-next is-${tone} ${resting.value ? 'is-resting' : ''}`}
      aria-disabled={off ? 'true' : undefined}
      aria-keyshortcuts="F8"
      onClick={() => pressNext(desk)}
    >
      {tone === 'go' && <Icon mark="live" />}
      <span class="h-words">{words}</span>
      <span class="h-note">{note}</span>
    </button>
  )
}
