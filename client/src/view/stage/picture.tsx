// The people on the stage, as everybody sees them: up to four, each with a name; a light where there is no picture.
import { useState } from 'preact/hooks'
import { arranged, present } from '../../stage/rule'
import type { Seen } from '../../stage/onstage'
import { t } from '../../text/messages'
import type { Item, OnStage } from '../../wire'
import { Flame } from '../flame'
import { From, Name, programmeOf, Said, usePage } from '../page'
import { Along, Over } from '../spoken'
import { place } from '../testimony'
import { stageOf } from './attend'
import { Face } from './face'
import { whoOf } from './whose'

export function Staged() {
  const page = usePage()
  const { session, shown, calm, variant } = page
  const { stage, core } = stageOf(session)
  const people = stage.value?.people ?? []
  const { large, small } = arranged(present(people.map(({ person }) => person)))
  const seen = new Map(people.map((one) => [one.person.key, one]))
  const { item, step } = shown.value
  const words = large.length === 1 && item !== null && isSaidAlong(item) ? item.text : {}
  const draw = (person: OnStage) => {
    const one = seen.get(person.key)
    return one !== undefined && <Tile key={person.key} seen={one} />
  }
  return (
    <section class="picture stage" data-words={page.text(words) === '' ? undefined : ''}>
      {item === null ? (
        <h1 class="over">
          <Said of={programmeOf(page)?.title} />
        </h1>
      ) : (
        <Over item={item}>
          <Whose item={item} step={step} />
        </Over>
      )}
      <div class="stage-people" data-large={large.length} data-small={small.length || undefined}>
        {large.map(draw)}
        {small.length > 0 && <div class="stage-small">{small.map(draw)}</div>}
      </div>
      <Along of={words} />
      {stage.value?.soundBlocked && !calm.value && variant !== 'preview' && (
        <p class="stage-sound">
          <button class="button" type="button" data-main onClick={() => core?.prime()}>
            {t('Turn sound on')}
          </button>
        </p>
      )}
    </section>
  )
}

/** Whose turn it is in an item of several, beside its title. */
function Whose({ item, step }: { item: Item; step: number }) {
  if (item.detail.kind !== 'testimony') return null
  const witness = item.detail.speakers[step]
  if (witness === undefined) return null
  return (
    <>
      <span class="over-more">
        <Name of={witness.name} />
      </span>
      {item.detail.speakers.length > 1 && <span class="over-more">{place(step + 1, item.detail.speakers.length)}</span>}
    </>
  )
}

/** Whether the item's text is what is being said. */
function isSaidAlong(item: Item): boolean {
  return item.detail.kind === 'address' || item.detail.kind === 'reading'
}

function Tile({ seen: { person, own, stream } }: { seen: Seen }) {
  const page = usePage()
  const [isSeen, setSeen] = useState(false)
  const { name, community } = whoOf(page, person)
  return (
    <figure class="tile" data-kind={person.kind} data-seen={isSeen || undefined}>
      <div class="tile-light">
        <Flame />
      </div>
      {/* A hall sees itself as everybody does: its banners are to be read. */}
      <Face stream={stream} mirrored={own && person.kind !== 'hall'} onSeen={setSeen} />
      <figcaption class="tile-plate">
        <span class="tile-name">
          <Name of={name} />
        </span>
        <span class="tile-from">
          <From community={community} country={person.country} />
        </span>
        {person.via === 'telephone' && <span class="tile-note">{t('Heard by telephone')}</span>}
      </figcaption>
    </figure>
  )
}
