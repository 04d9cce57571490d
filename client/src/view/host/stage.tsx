// What is live, with its clock, its steps and the words to read; and what comes next.
import { signal } from '@preact/signals'
import { t } from '../../text/messages'
import { itemOf } from '../../timeline'
import type { Item, Run } from '../../wire'
import { countryName } from '../page'
import { timeAt } from '../dates'
import { Icon, Press } from './controls'
import type { Desk } from './desk'
import { OnStage } from './onstage'
import { expected, itemAfter, itemClock, nextPress, stepClock, warning, type StepClock } from './runofshow'
import { script, stepFacts, stepName } from './steps'
import { StepWarning } from './strip'
import { countdown, kindWord, length, stateWord } from './words'

export function Stage({ desk }: { desk: Desk }) {
  const shown = desk.shown.value
  return (
    <div class="h-stage">
      <Warning desk={desk} />
      <StepWarning desk={desk} />
      <OnStage desk={desk} />
      {shown.item !== null && shown.run !== null ? (
        <Live desk={desk} item={shown.item} run={shown.run} />
      ) : (
        <Before desk={desk} />
      )}
      <Coming desk={desk} />
    </div>
  )
}

function Warning({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const progress = desk.state.value.progress
  const now_ms = desk.now_s.value * 1000
  const holding_ms = progress.holding_since_ms
  const found = programme === null ? null : warning(programme, progress, now_ms)
  return (
    <>
      {holding_ms !== null && (
        <p class="h-warning is-strong">
          <Icon mark="warning" />
          {t('Everybody sees the holding picture, for {time} now.', { time: length(now_ms - holding_ms) })}
        </p>
      )}
      {found !== null && (
        <p class={`h-warning is-${found.kind}`}>
          <Icon mark="warning" />
          {found.kind === 'not_started' && t('The ceremony should have begun {time} ago.', { time: length(found.late_ms) })}
          {found.kind === 'soon' && t('{time} left of the planned time.', { time: countdown(found.left_ms) })}
          {found.kind === 'over' && t('The planned time is over since {time}. There is no need to hurry.', { time: length(found.over_ms) })}
          {found.kind === 'held' && t('On hold for {time}.', { time: length(now_ms - found.since_ms) })}
        </p>
      )}
    </>
  )
}

function Before({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const { phase } = desk.shown.value
  const now_ms = desk.now_s.value * 1000
  if (programme === null) return <p>{t('The programme of this ceremony is not set yet.')}</p>
  if (phase === 'closed') {
    return (
      <section class="h-card is-live">
        <h2>{t('The ceremony is closed')}</h2>
        <p>{t('The page of the participants shows the closing words. Released wishes and the guest book stay in your care.')}</p>
      </section>
    )
  }
  const start = timeAt(desk.shown.value.standby?.start_ms ?? programme.starts_ms, programme.zone)
  const announced = desk.shown.value.standby
  const left_ms = (announced?.start_ms ?? programme.starts_ms) - now_ms
  return (
    <section class="h-card is-live">
      <p class="h-eyebrow">
        <Icon mark="planned" />
        {phase === 'planned' ? t('Before the doors open') : t('The lobby is open')}
      </p>
      <h2>{left_ms > 0 ? t('Begins at {time}, in {left}', { time: start, left: countdown(left_ms) }) : t('Begins when you press Next')}</h2>
      {phase === 'planned' && (
        <>
          <p>{t('The doors open by themselves at {time}.', { time: timeAt(programme.lobby_opens_ms, programme.zone) })}</p>
          {desk.conducts.value && (
            <Press desk={desk} onPress={() => void desk.act('ceremony.open', {})}>
              {t('Open the doors now')}
            </Press>
          )}
        </>
      )}
      {phase === 'lobby' && <p>{t('People who come wait in the lobby. Nothing begins before you press Next, unless the autopilot is on.')}</p>}
    </section>
  )
}

function Live({ desk, item, run }: { desk: Desk; item: Item; run: Run }) {
  const progress = desk.state.value.progress
  const now_ms = desk.now_s.value * 1000
  const steps = stepClock(item, run, progress, Math.max(now_ms, run.start_ms))
  const state = desk.shown.value.held ? 'held' : 'live'
  return (
    <section class={`h-card is-live is-${state}`} aria-label={t('What is live')}>
      <p class="h-eyebrow">
        <Icon mark={state} />
        <b>{stateWord(state)}</b>
        <span>{[kindWord(item), desk.text(item.presenter)].filter((part) => part !== '').join(' · ')}</span>
      </p>
      <h2>{desk.text(item.title)}</h2>
      <Clock desk={desk} item={item} run={run} />
      {item.note_host !== '' && <p class="h-hostnote">{item.note_host}</p>}
      {steps !== null && <Steps desk={desk} item={item} steps={steps} />}
      <Script desk={desk} item={item} step={steps?.step ?? 0} />
    </section>
  )
}

function Clock({ desk, item, run }: { desk: Desk; item: Item; run: Run }) {
  const clock = itemClock(run, item, desk.now_s.value * 1000)
  const part = desk.shown.value.silence
  const fraction = Math.min(1, clock.position_ms / Math.max(1, clock.planned_ms))
  const words =
    clock.over_ms >= 1000
      ? t('{time} of {planned}, {over} over', { time: length(clock.position_ms), planned: length(clock.planned_ms), over: length(clock.over_ms) })
      : t('{time} of {planned}, {left} left', {
          time: length(Math.floor(clock.position_ms / 1000) * 1000),
          planned: length(clock.planned_ms),
          left: countdown(clock.left_ms),
        })
  const parts = { invitation: t('Invitation'), stillness: t('Stillness'), silence: t('Silence'), rest: t('Moment of rest') }
  return (
    <div class={clock.over_ms > 0 ? 'h-clock is-over' : 'h-clock'}>
      <div class="h-track" aria-hidden="true">
        <div class="h-passed" style={{ inlineSize: `${(fraction * 100).toFixed(2)}%` }} />
      </div>
      <p>
        {words}
        {part !== null && ` · ${parts[part]}`}
      </p>
    </div>
  )
}

function Steps({ desk, item, steps }: { desk: Desk; item: Item; steps: StepClock }) {
  const cues = desk.state.value.progress.cues
  const { step, count } = steps
  const names = Array.from({ length: count }, (_, i) => stepName(item, i, (text) => desk.text(text)))
  const say = (i: number) => names[i] || t('{n} of {count}', { n: i + 1, count })
  const go = (to: number) => void desk.act('item.step', { aimed_cue: cues, aimed_step: step, step: to })
  const facts = stepFacts(item, step, (text) => desk.text(text), (code) => countryName(desk, code))
  return (
    <div class="h-steps">
      <p class="h-now">
        <b>{say(step)}</b>
        {facts !== '' && <span class="h-facts">{facts}</span>}
        <span class="h-facts">
          {names[step] ? `${t('{n} of {count}', { n: step + 1, count })} · ` : ''}
          {t('{time} of about {slot}', { time: length(Math.floor(steps.elapsed_ms / 1000) * 1000), slot: length(steps.slot_ms) })}
          {!steps.byHand && ` · ${t('goes on by itself')}`}
        </span>
      </p>
      {desk.conducts.value && (
        <div class="h-buttons">
          <Press desk={desk} kind="quiet" disabled={step === 0} onPress={() => go(step - 1)} label={step > 0 ? `${t('Previous')}: ${say(step - 1)}` : undefined}>
            {t('Previous')}
          </Press>
          <Press desk={desk} kind="quiet" disabled={step >= count - 1} onPress={() => go(step + 1)}>
            {step < count - 1 ? t('Then: {name}', { name: say(step + 1) }) : t('This is the last one')}
          </Press>
        </div>
      )}
    </div>
  )
}

/** Whether somebody reads the words out; of others they only tell. */
function isSpoken(item: Item): boolean {
  return !['testimony', 'video_message', 'film', 'gallery', 'music', 'anthem'].includes(item.detail.kind)
}

/** Grows and shrinks the words to read; kept while the page is open. */
const size = signal(22)

function Script({ desk, item, step }: { desk: Desk; item: Item; step: number }) {
  const passages = script(item, step, desk.state.value.tributes, (text) => desk.text(text), (text) => desk.languageOf(text))
  if (passages.length === 0) return null
  return (
    <div class="h-script">
      <div class="h-scripthead">
        <h3>{isSpoken(item) ? t('To read aloud') : t('About it')}</h3>
        <button type="button" class="h-press is-quiet" aria-label={`A−: ${t('smaller words')}`} onClick={() => (size.value = Math.max(18, size.value - 2))}>
          A−
        </button>
        <button type="button" class="h-press is-quiet" aria-label={`A+: ${t('larger words')}`} onClick={() => (size.value = Math.min(40, size.value + 2))}>
          A+
        </button>
      </div>
      <div class="h-words" style={{ fontSize: `${size.value}px` }}>
        {passages.map((passage, i) => (
          <div key={i} class="h-passage">
            {passage.label !== '' && <p class="h-label">{passage.label}</p>}
            <p lang={passage.language || undefined} dir="auto" class="h-said">
              {passage.text}
            </p>
          </div>
        ))}
      </div>
    </div>
  )
}

/** The item after this one: announced, following by itself, or waiting for the press. */
function Coming({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const progress = desk.state.value.progress
  const now_ms = desk.now_s.value * 1000
  if (programme === null || desk.shown.value.phase === 'closed') return null
  const press = nextPress(programme, progress, now_ms)
  const item = press.kind === 'pending' ? itemOf(programme, press.item.id) : itemAfter(programme, progress, now_ms)
  if (item === null) return null
  const at_ms = expected(programme, progress, now_ms).rows.find((row) => row.item.id === item.id)?.expected_ms ?? null
  return (
    <section class="h-card is-coming" aria-label={t('Next in the programme')}>
      <p class="h-eyebrow">
        <b>{t('Then')}</b>
        <span>{kindWord(item)}</span>
      </p>
      <h3>{desk.text(item.title)}</h3>
      <p class="h-facts">
        {[
          desk.text(item.presenter),
          t('{length} long', { length: length(item.planned_s * 1000) }),
          at_ms === null ? '' : t('expected {time}', { time: timeAt(at_ms, programme.zone) }),
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
      {item.note_host !== '' && <p class="h-hostnote">{item.note_host}</p>}
    </section>
  )
}
