// Who is on the stage now, as small live pictures; who stands by, and whether they will be heard; how it is carried.
import { useEffect } from 'preact/hooks'
import { t } from '../../text/messages'
import { hallsAhead } from '../../stage/ahead'
import { recordedAt } from '../../stage/rule'
import type { FloorEntry, OnDeck, OnStage as Person, StageShown } from '../../wire'
import { Telephone } from '../telephone'
import { Face } from '../stage/face'
import { backstageOf } from './backstage'
import { Icon, Press } from './controls'
import type { Desk } from './desk'
import { ByTelephone, Recorded } from './fallbacks'
import { Listen } from './listen'
import { ownGuest, OwnPicture } from './ownpicture'
import { Rings } from './ring'
import { carriesSaid, deckSaid, initials, onStageSaid, stageName } from './stagewords'

export function OnStage({ desk }: { desk: Desk }) {
  const shown = backstageOf(desk).shown.value
  const isOff = shown === null || shown.engine === 'off'
  const standsIn = recordedAt(desk.state.value.stage, desk.shown.value) !== null
  const { phase } = desk.shown.value
  if (phase === 'planned' || phase === 'closed') return null
  return (
    <>
      <Rings desk={desk} />
      {standsIn && (
        <div class="h-warning">
          <Icon mark="live" />
          <p>{t('Everybody sees the recorded version.')}</p>
          <Recorded desk={desk} />
        </div>
      )}
      {!isOff && <Panel desk={desk} shown={shown} />}
    </>
  )
}

function Panel({ desk, shown }: { desk: Desk; shown: StageShown }) {
  useEffect(() => backstageOf(desk).prepare(), [desk])
  const own = ownGuest(desk)
  const people = desk.calm.value ? [] : shown.people.filter(({ key }) => key !== own?.key)
  const deck = desk.calm.value ? [] : standingBy(desk, shown)
  return (
    <section class={`h-card is-onstage ${own !== null ? 'is-own' : ''}`} aria-label={t('On the stage')}>
      <div class="h-stagehead">
        <h3>{t('On the stage')}</h3>
        {shown.recording && (
          <p class="h-recording">
            <span aria-hidden="true" />
            {t('Being recorded')}
          </p>
        )}
        {people.length > 0 && <Listen desk={desk} />}
      </div>
      {(people.length > 0 || own !== null || deck.length > 0) && <Carries desk={desk} shown={shown} />}
      {people.length === 0 && own === null && (
        <p class="h-empty">{desk.calm.value ? t('In the silence nobody is seen or heard.') : t('Nobody is seen or heard live.')}</p>
      )}
      {people.length > 0 && (
        <ul class="h-onstage">
          {people.map((person) => (
            <Tile key={person.key} desk={desk} person={person} deck={shown.deck?.find(({ key }) => key === person.key) ?? null} />
          ))}
        </ul>
      )}
      {own !== null && <OwnPicture desk={desk} />}
      {deck.length > 0 && (
        <>
          <h3>{t('Stands by')}</h3>
          <ul class="h-deck">
            {deck.map((one) => (
              <OnDeckRow key={one.key} desk={desk} one={one} />
            ))}
          </ul>
        </>
      )}
      {own === null && <OwnPicture desk={desk} />}
    </section>
  )
}

/** How long before its turn a hall is told of here; all of them are under their own tab. */
const HALL_MS = 10 * 60_000

/** The server tells of the devices of everybody; here are those who are not on the stage, and not rung up above. */
function standingBy(desk: Desk, { people, deck = [] }: StageShown): OnDeck[] {
  const own = ownGuest(desk)?.key
  const programme = desk.programme.value
  const now_ms = desk.now_s.value * 1000
  const ahead = programme === null ? [] : hallsAhead(programme, desk.state.value.progress, desk.shown.value, now_ms)
  const soon = new Set(ahead.filter(({ in_ms }) => in_ms <= HALL_MS).map(({ hall }) => `hall-${hall}`))
  return deck.filter(
    ({ key, kind }) =>
      key !== own &&
      people.every((person) => person.key !== key) &&
      (kind === 'hall' ? soon.has(key) : entryOf(desk, key)?.via !== 'telephone'),
  )
}

function Carries({ desk, shown }: { desk: Desk; shown: StageShown }) {
  const said = shown.carries === undefined || desk.calm.value ? null : carriesSaid(shown.carries)
  if (said === null) return null
  return (
    <div class={`h-warning is-carries ${said.tone === 'trouble' ? 'is-strong' : ''}`}>
      <Icon mark="warning" />
      <div>
        <p>{said.words}</p>
        {said.todo !== '' && <p class="h-todo">{said.todo}</p>}
      </div>
    </div>
  )
}

function Tile({ desk, person, deck }: { desk: Desk; person: Person; deck: OnDeck | null }) {
  const entry = entryOf(desk, person.key)
  const name = stageName(person.key, desk.state.value, desk.text) || person.name
  const said = onStageSaid(person, deck)
  return (
    <li class={`h-tile is-${said.tone}`}>
      <div class="h-face">
        <span aria-hidden="true">{initials(name)}</span>
        <Face stream={backstageOf(desk).faces.value.get(person.key) ?? null} />
      </div>
      <div>
        <p class="h-who">
          <b dir="auto">{name || t('without a name')}</b>
        </p>
        <p class="h-facts">{said.words}</p>
        {said.todo !== '' && <p class="h-facts">{said.todo}</p>}
      </div>
      {desk.conducts.value && (
        <div class="h-buttons">
          {entry !== null && <ByTelephone desk={desk} entry={entry} kind="quiet" />}
          {entry !== null && <Recorded desk={desk} kind="quiet" />}
          {person.kind === 'guest' && (
            <Press desk={desk} kind="quiet" label={`${t('From the stage')}: ${name}`} onPress={() => void desk.act('stage.dismiss', { key: person.key })}>
              {t('From the stage')}
            </Press>
          )}
        </div>
      )}
    </li>
  )
}

function OnDeckRow({ desk, one }: { desk: Desk; one: OnDeck }) {
  const entry = entryOf(desk, one.key)
  const hall = desk.programme.value?.halls.find(({ id }) => `hall-${id}` === one.key)
  const name = stageName(one.key, desk.state.value, desk.text)
  const said = deckSaid(one)
  return (
    <li class={`is-${said.tone}`}>
      <p>
        <b dir="auto">{name || t('without a name')}</b>: {said.words}
      </p>
      {hall !== undefined && hall.telephone !== '' && said.tone !== 'good' ? (
        <p class="h-facts h-numberline">
          {hall.contact === '' ? t('Ring them:') : t('Ring {name}:', { name: hall.contact })} <Telephone number={hall.telephone} />
        </p>
      ) : (
        said.todo !== '' && <p class="h-facts">{said.todo}</p>
      )}
      {entry !== null && said.tone !== 'good' && (
        <div class="h-buttons">
          <ByTelephone desk={desk} entry={entry} kind="quiet" />
        </div>
      )}
    </li>
  )
}

function entryOf(desk: Desk, key: string): FloorEntry | null {
  return desk.state.value.floor.entries.find((entry) => entry.id === key) ?? null
}
