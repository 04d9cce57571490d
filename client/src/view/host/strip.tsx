// How well the audience keeps the step, drawn: a calm bar of three parts with words, and a warning before a silence.
import { computed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { t, tn } from '../../text/messages'
import type { Presence } from '../../wire'
import { Icon } from './controls'
import type { Desk } from './desk'
import { inStep, silenceAhead, troubles, type InStep, type SilenceAhead } from './instep'
import { countdown } from './words'

/** The presence as it was when the silence began, until it is over: nothing on the page moves but the clock. */
export function useStill(desk: Desk): Presence | null {
  const still = useMemo(() => {
    let kept: Presence | null = null
    return computed(() => {
      const latest = desk.live.value.presence
      if (!desk.calm.value || kept === null) kept = latest
      return kept
    })
  }, [desk])
  return still.value
}

/** The whole of it, under People. */
export function Strip({ desk }: { desk: Desk }) {
  const step = stepOf(useStill(desk))
  if (step === null) return null
  return (
    <section class="h-instep">
      <h3>{t('How well in step')}</h3>
      {step.total === 0 ? (
        <p class="h-empty">{t('No participant is here yet.')}</p>
      ) : (
        <>
          <p>{said(step)}</p>
          <StepBar step={step} />
          <ul class="h-legend">
            {parts(step).map(([kind, words]) => (
              <li key={kind} class={`is-${kind}`}>
                {words}
              </li>
            ))}
          </ul>
          {step.soundless > 0 && <p>{soundless(step)}</p>}
        </>
      )}
    </section>
  )
}

/** One figure of the top line. */
export function StepFigure({ desk }: { desk: Desk }) {
  const step = stepOf(useStill(desk))
  if (step === null || step.total === 0) return null
  return (
    <div class="h-figure is-plain">
      <dt>{t('In step')}</dt>
      <dd title={words(step)}>
        <span class="h-value">
          {t('{n} of {count}', { n: step.near + step.fair, count: step.total })} <StepBar step={step} />
        </span>
        {step.soundless > 0 && <span class="h-note">{t('{n} without sound', { n: step.soundless })}</span>}
      </dd>
    </div>
  )
}

function StepBar({ step }: { step: InStep }) {
  const share = (n: number) => ({ inlineSize: `${((n / Math.max(1, step.total)) * 100).toFixed(2)}%` })
  return (
    <span class="h-stepbar" role="img" aria-label={words(step)}>
      {step.near > 0 && <span class="is-near" style={share(step.near)} />}
      {step.fair > 0 && <span class="is-fair" style={share(step.fair)} />}
      {step.unknown > 0 && <span class="is-unknown" style={share(step.unknown)} />}
    </span>
  )
}

/** Before a silence: how many, and what there is to do about it; names nobody. */
export function StepWarning({ desk }: { desk: Desk }) {
  const programme = desk.programme.value
  const step = stepOf(useStill(desk))
  const now_ms = desk.now_s.value * 1000
  if (programme === null || step === null || desk.calm.value) return null
  const { apart, soundless: unheard } = troubles(step)
  if (apart === 0 && unheard === 0) return null
  const ahead = silenceAhead(programme, desk.state.value.progress, now_ms)
  if (ahead === null) return null
  return (
    <div class="h-warning is-step">
      <Icon mark="warning" />
      <div>
        <p>{comes(ahead, now_ms)}</p>
        {apart > 0 && (
          <p>
            {away(step)} <span class="h-todo">{patience(ahead)}</span>
          </p>
        )}
        {unheard > 0 && (
          <p>
            {soundless(step)}{' '}
            {ahead.start_ms > now_ms && <span class="h-todo">{t('You may say: please look whether your sound is on.')}</span>}
          </p>
        )}
      </div>
    </div>
  )
}

function stepOf(presence: Presence | null): InStep | null {
  return presence?.sync === undefined ? null : inStep(presence.sync)
}

function comes(ahead: SilenceAhead, now_ms: number): string {
  return ahead.announced
    ? t('The silence comes in {time}.', { time: countdown(ahead.t0_ms - now_ms) })
    : t('The silence comes next.')
}

function patience(ahead: SilenceAhead): string {
  return ahead.announced
    ? t('There is nothing to do: it improves by itself.')
    : t('It improves by itself; wait half a minute if you can.')
}

/** In one sentence, for a nervous host. */
function said(step: InStep): string {
  if (step.unknown > 0) return away(step)
  return step.soundless === 0 ? t('Everybody hears the metronome together.') : t('All screens keep the step together.')
}

function away(step: InStep): string {
  return tn(
    '{n} of {count} screens does not keep the step yet; it hears the metronome a little apart.',
    '{n} of {count} screens do not keep the step yet; they hear the metronome a little apart.',
    step.unknown,
    { count: step.total },
  )
}

function soundless(step: InStep): string {
  return tn(
    '{n} of {count} screens has its sound off.',
    '{n} of {count} screens have their sound off.',
    step.soundless,
    { count: step.total },
  )
}

function parts(step: InStep): [kind: string, words: string][] {
  const all: [string, number, string][] = [
    ['near', step.near, t('{n} within 5 ms', { n: step.near })],
    ['fair', step.fair, t('{n} within 20 ms', { n: step.fair })],
    ['unknown', step.unknown, t('{n} not known yet', { n: step.unknown })],
  ]
  return all.filter(([, n]) => n > 0).map(([kind, , words]) => [kind, words])
}

function words(step: InStep): string {
  return parts(step)
    .map(([, part]) => part)
    .join(', ')
}
