// A testimony: one witness at a time, by name, age and place, and how we hear them.
import { t, tn } from '../text/messages'
import { playedAt } from '../stage/rule'
import { positionMs, steps, walksByItself } from '../timeline'
import type { Item, Progress, Run, Testimony as TestimonyDetail, Witness } from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { From, Name, usePage, Words } from './page'
import type { PictureProps } from './pictures'
import { Along, Over } from './spoken'

export function Testimony({ item, detail, run, step }: PictureProps<TestimonyDetail>) {
  const page = usePage()
  const witness = detail.speakers[step]
  const next = detail.speakers[step + 1]
  if (witness === undefined) return <Alone item={item} />
  const progress = page.live.value.state?.progress ?? null
  const media = playedAt(item, step)
  const words = page.text(witness.summary) === '' ? item.text : witness.summary
  return (
    <section class="picture voice" data-words={page.text(words) === '' ? undefined : ''}>
      <div class="voice-who">
        <Over item={item}>{detail.speakers.length > 1 && <span class="over-more">{place(step + 1, detail.speakers.length)}</span>}</Over>
        {hasPicture(media) && (
          <Broadcast
            media={media}
            run={run}
            from_ms={hasPicture(witness.media) && progress !== null ? stepStartMs(item, run, progress, step) : 0}
            label={page.text(witness.name)}
          />
        )}
        <div class="plate" data-large>
          <p class="plate-name">
            <Name of={witness.name} />
          </p>
          <p class="plate-note">
            {witness.age !== null && <span>{tn('aged {n}', 'aged {n}', witness.age)}</span>}
            {witness.age !== null && (page.text(witness.community) !== '' || witness.country !== null) && ' · '}
            <From community={witness.community} country={witness.country} />
          </p>
          <p class="plate-mode">{modeSaid(witness)}</p>
        </div>
        <p class="next second">{next === undefined ? '' : <>{t('Then:')} <Name of={next.name} /></>}</p>
      </div>
      <Along of={words} />
    </section>
  )
}

function Alone({ item }: { item: Item }) {
  return (
    <section class="picture">
      <Over item={item} />
      <Words of={item.text} />
    </section>
  )
}

/** "3 of 15". */
export function place(at: number, of: number): string {
  return t('{at} of {of}', { at, of })
}

function modeSaid(witness: Witness): string {
  switch (witness.mode) {
    case 'live':
      return t('Speaking live')
    case 'phone':
      return t('By telephone')
    case 'recorded':
      return t('Recorded')
    case 'helper':
      return t('Read aloud by a helper')
  }
}

/** Where in the item's own time its present step began; for what is shown from the step's beginning. */
export function stepStartMs(item: Item, run: Run, progress: Progress, step: number): number {
  // Only anchors at or before this step lead to it; the last of them that has come is the one that counts.
  let anchor = { step: 0, at_ms: run.start_ms }
  for (const candidate of run.steps) if (candidate.step <= step) anchor = candidate
  const from_ms = positionMs(run, anchor.at_ms)
  const walks = progress.autopilot || walksByItself(item)
  return walks ? from_ms + (step - anchor.step) * steps(item)[1] * 1000 : from_ms
}
