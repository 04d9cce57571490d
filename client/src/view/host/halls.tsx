// Halls elsewhere: whether each is here and sends, when it is wanted, whom to ring there, and its own link to hand on.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Failure } from '../../session'
import { hallOnScreen, hallsAhead } from '../../stage/ahead'
import { t } from '../../text/messages'
import type { Hall } from '../../wire'
import { countryName } from '../page'
import { Telephone } from '../telephone'
import { backstageOf } from './backstage'
import { copied } from './clipboard'
import { Press, Twice } from './controls'
import type { Desk } from './desk'
import { fallbackSaid, placeSaid, wantedSaid } from './hallwords'

/** As the server tells it. */
interface HallTold {
  id: string
  contact: string
  telephone: string
  online: boolean
  link: string | null
  code: string | null
  square: { size: number; path: string } | null
}

const AGAIN_MS = 10_000

const all = signal<readonly HallTold[] | null>(null)
/** The hall whose link is shown. */
const open = signal('')
const said = signal('')
const trouble = signal('')

export function Halls({ desk }: { desk: Desk }) {
  useEffect(() => {
    void load(desk)
    const timer = setInterval(() => !desk.calm.peek() && void load(desk), AGAIN_MS)
    return () => clearInterval(timer)
  }, [desk])
  const halls = desk.programme.value?.halls ?? []
  return (
    <div class="h-halls">
      <p class="h-facts">
        {t('A hall joins by its own link, with one camera. It stands by, unseen, until the programme shows it.')}
      </p>
      <div role="status">
        {said.value !== '' && <p>{said.value}</p>}
        {trouble.value !== '' && <p class="h-trouble">{trouble.value}</p>}
      </div>
      <ul class="h-entries">
        {halls.map((hall) => (
          <One key={hall.id} desk={desk} hall={hall} told={all.value?.find(({ id }) => id === hall.id) ?? null} />
        ))}
      </ul>
    </div>
  )
}

function One({ desk, hall, told }: { desk: Desk; hall: Hall; told: HallTold | null }) {
  const { programme, state, shown } = { programme: desk.programme.value, state: desk.state.value, shown: desk.shown.value }
  const stage = backstageOf(desk).shown.value
  const key = `hall-${hall.id}`
  const person = stage?.people.find((one) => one.key === key) ?? null
  const deck = stage?.deck?.find((one) => one.key === key) ?? null
  const place = placeSaid({ person, deck, online: told?.online ?? false, linked: told === null || told.link !== null })
  const now_ms = desk.now_s.value * 1000
  const wanted = programme === null ? null : (hallsAhead(programme, state.progress, shown, now_ms).find((one) => one.hall === hall.id) ?? null)
  const from = [desk.text(hall.community), countryName(desk, hall.country)].filter((part) => part !== '')
  const name = desk.text(hall.place)
  const isItsTurn = hallOnScreen(shown) === hall.id
  return (
    <li class={`h-entry is-hall is-${place.said.tone}`}>
      <p class="h-hallhead">
        <b dir="auto">{name}</b>
        <span class="h-state">{place.head}</span>
      </p>
      {from.length > 0 && <p class="h-facts">{from.join(' · ')}</p>}
      {/* Nothing on the console moves in a silence. */}
      {!desk.calm.value && (
        <>
          <p>{place.said.words}</p>
          {place.said.todo !== '' && <p class="h-facts">{place.said.todo}</p>}
          {!isItsTurn && <p class="h-facts">{wantedSaid(wanted)}</p>}
        </>
      )}
      {hall.telephone !== '' && (
        <p class="h-ringnow">
          {hall.contact === '' ? t('Ring:') : t('Ring {name}:', { name: hall.contact })} <Telephone number={hall.telephone} class="h-telephone" />
        </p>
      )}
      {hall.telephone === '' && hall.contact !== '' && <p class="h-facts">{hall.contact}</p>}
      {programme !== null && <p class="h-facts">{fallbackSaid(programme, hall.id)}</p>}
      {told !== null && <LinkOf desk={desk} told={told} name={name} />}
    </li>
  )
}

function LinkOf({ desk, told, name }: { desk: Desk; told: HallTold; name: string }) {
  const { id, link, code, square } = told
  if (link === null) {
    return (
      <div class="h-buttons">
        <Press desk={desk} kind="main" always label={`${t('Make the link')}: ${name}`} onPress={() => void make(desk, told)}>
          {t('Make the link')}
        </Press>
      </div>
    )
  }
  const isOpen = open.value === id
  return (
    <>
      <div class="h-buttons">
        <Press desk={desk} always pressed={isOpen} label={`${t('Show the link')}: ${name}`} onPress={() => (open.value = isOpen ? '' : id)}>
          {t('Show the link')}
        </Press>
        <Press desk={desk} kind="quiet" always label={`${t('Copy the link')}: ${name}`} onPress={() => void copy(desk, link, name)}>
          {t('Copy the link')}
        </Press>
      </div>
      {isOpen && (
        <div class="h-halllink">
          <p class="h-address">{link}</p>
          {square !== null && (
            <svg class="h-square" viewBox={`0 0 ${square.size} ${square.size}`} role="img" aria-label={t('The link as a picture for a telephone: {name}', { name })}>
              <path d={square.path} />
            </svg>
          )}
          {code !== null && <p class="h-facts">{t('To be read out: {code}', { code: `${code.slice(0, 3)} ${code.slice(3)}` })}</p>}
          <p class="h-facts">{t('It is for this hall alone: whoever opens it sends its picture and sound.')}</p>
          <Twice
            desk={desk}
            id={`hall-${id}`}
            kind="quiet"
            always
            words={t('Make a new link')}
            label={`${t('Make a new link')}: ${name}`}
            again={t('Yes, make a new link for {name}; the old one is over', { name })}
            onPress={() => void make(desk, told)}
          />
        </div>
      )}
    </>
  )
}

async function load(desk: Desk): Promise<void> {
  try {
    all.value = (await desk.session.api<{ halls: HallTold[] }>('/api/halls')).halls
    trouble.value = ''
  } catch (error) {
    tell(error)
  }
}

async function make(desk: Desk, { id }: HallTold): Promise<void> {
  said.value = ''
  try {
    const { hall } = await desk.session.api<{ hall: HallTold }>('/api/halls', { id })
    all.value = (all.value ?? []).map((one) => (one.id === id ? hall : one))
    open.value = id
    trouble.value = ''
  } catch (error) {
    tell(error)
  }
}

async function copy(desk: Desk, link: string, name: string): Promise<void> {
  if (await copied(desk, link)) said.value = t('The link of {name} has been copied.', { name })
}

function tell(error: unknown): void {
  const words = error instanceof Failure ? error.message : ''
  trouble.value = words === '' ? t('The server does not answer just now. Please press once more in a moment.') : words
}
