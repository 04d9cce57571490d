// What the console says of the stage: who is on it, who stands by and with which devices, how the pictures are carried. Pure.
import type { Fault } from '../../stage/devices'
import { t, tn } from '../../text/messages'
import type { CeremonyState, FloorEntry, OnDeck, OnStage, StageCarries } from '../../wire'
import type { Text } from '../live'

export type Tone = 'good' | 'fair' | 'wait' | 'trouble'

/** One thing in words, and what there is to do about it; `todo` is empty where there is nothing. */
export interface Said {
  tone: Tone
  words: string
  todo: string
}

type Devices = Pick<OnDeck, 'online' | 'camera' | 'microphone' | 'heard'>

export function stageName(key: string, state: CeremonyState, text: (of: Text | null | undefined) => string): string {
  const entry = state.floor.entries.find((one) => one.id === key)
  if (entry !== undefined) return entry.name
  const guest = state.stage.guests.find((one) => one.key === key)
  if (guest !== undefined) return guest.name
  const hall = state.programme?.halls.find((one) => `hall-${one.id}` === key)
  return hall === undefined ? '' : text(hall.place) || text(hall.community)
}

/** What stands in the place of a picture. */
export function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => /\p{L}/u.exec(word)?.[0] ?? '')
    .join('')
}

/** How somebody on the stage is seen and heard; while nothing comes, what their page says of its devices. */
export function onStageSaid(person: Pick<OnStage, 'feed' | 'picture' | 'sound' | 'via'>, deck: Devices | null = null): Said {
  const said = (tone: Tone, words: string, todo = ''): Said => ({ tone, words, todo })
  if (person.via === 'telephone') return said('good', t('by telephone; the name is shown'))
  if (person.feed === null) {
    const why = deck === null ? null : deckSaid(deck)
    return why !== null && (why.tone === 'trouble' || why.tone === 'wait') ? why : said('wait', t('nothing comes from there yet'))
  }
  if (person.picture && person.sound) return said('good', t('seen and heard'))
  if (person.sound) return said('good', t('heard, without a picture'))
  if (person.picture) return said('trouble', t('seen, but not heard: the microphone is off'), t('Ask them to turn their microphone on.'))
  return said('trouble', t('neither seen nor heard: camera and microphone are off'), t('Ask them to turn their microphone on.'))
}

const REFUSED_TODO = () => t('They can allow it beside the address of the page. Or take them by telephone.')
const BUSY_TODO = () => t('They should close other programs that use it, such as a video call.')

/** How the devices of somebody on deck fare, from the worst to the best that is known of them. */
export function deckSaid(deck: Devices): Said {
  if (!deck.online) return { tone: 'trouble', words: t('the page is not open'), todo: t('Ring them, or call somebody else first.') }
  return deck.microphone === 'on' ? withVoice(deck) : withoutVoice(deck)
}

function withVoice({ camera, heard }: Devices): Said {
  const voice = heard ? '' : t('Ask them to say a few words: no voice has come yet.')
  const tone: Tone = heard ? 'good' : 'fair'
  switch (camera) {
    case 'on':
      return {
        tone,
        words: heard ? t('camera and microphone work; we hear the voice') : t('camera and microphone work; no voice yet'),
        todo: voice,
      }
    case 'off':
      return { tone, words: heard ? t('sound alone, as they wish; we hear the voice') : t('sound alone, as they wish; no voice yet'), todo: voice }
    case 'refused':
      return { tone: 'fair', words: t('sound alone: the browser refuses the camera'), todo: voice || t('That is enough: a still with the name is shown.') }
    case 'none':
      return { tone, words: t('sound alone: there is no camera'), todo: voice }
    case 'busy':
      return { tone: 'fair', words: t('sound alone: another program holds the camera'), todo: voice || BUSY_TODO() }
    case 'asking':
    case 'unknown':
      return { tone: 'wait', words: t('the microphone works; the question about the camera is not answered yet'), todo: voice }
  }
}

function withoutVoice({ camera, microphone }: Devices): Said {
  switch (microphone) {
    case 'asking':
      return { tone: 'wait', words: t('has not answered the question about camera and microphone yet'), todo: t('They should press “Allow” in their browser.') }
    case 'unknown':
      return { tone: 'wait', words: t('has not tried camera and microphone yet'), todo: t('Their page offers it; you may remind them.') }
    case 'refused':
      return {
        tone: 'trouble',
        words: camera === 'refused' ? t('the browser refuses camera and microphone') : t('the browser refuses the microphone'),
        todo: REFUSED_TODO(),
      }
    case 'none':
      return {
        tone: 'trouble',
        words: camera === 'none' ? t('there is neither a camera nor a microphone') : t('there is no microphone'),
        todo: t('Take them by telephone.'),
      }
    case 'busy':
      return { tone: 'trouble', words: t('another program holds the microphone'), todo: BUSY_TODO() }
    default:
      return { tone: 'trouble', words: t('the microphone is switched off'), todo: t('Ask them to turn their microphone on.') }
  }
}

/** How the pictures are carried; null where there is nothing to say. */
export function carriesSaid(carries: StageCarries): Said | null {
  const { engine, ok, viewers, well, most } = carries
  if (engine === 'off') return null
  if (!ok) {
    return {
      tone: 'trouble',
      words: t('Live pictures are away; they come back by themselves.'),
      todo: t('Until then: by telephone, or the recorded version.'),
    }
  }
  if (most !== null && viewers > most) {
    return {
      tone: 'trouble',
      words: tn(
        'No more than {n} page can see the speaker directly; {viewers} are here.',
        'No more than {n} pages can see the speaker directly; {viewers} are here.',
        most,
        { viewers },
      ),
      todo: t('Whoever came last reads the name, and hears nothing. Let people close second windows, or sit before one screen together; a media server carries more.'),
    }
  }
  if (well !== null && viewers > well) {
    return {
      tone: 'fair',
      words: tn(
        '{n} page sees the speaker directly; this is more than a home line carries well ({well}).',
        '{n} pages see the speaker directly; this is more than a home line carries well ({well}).',
        viewers,
        { well },
      ),
      todo: t('Let some turn pictures off, or use a media server.'),
    }
  }
  return null
}

export interface OwnDevices {
  camera: OnDeck['camera']
  microphone: OnDeck['microphone']
  cameraFault: Fault | null
  microphoneFault: Fault | null
}

/** Why the host is not seen or heard, and what to do; empty where nothing is wrong. */
export function troubleSaid({ camera, microphone, cameraFault, microphoneFault }: OwnDevices): string {
  if (microphone === 'asking' || camera === 'asking') return t('Your browser asks whether this page may use camera and microphone. Please press “Allow”.')
  switch (microphoneFault) {
    case 'refused':
      return t('Your browser does not let this page use the microphone. Press the sign beside the address of the page, allow it, and press again.')
    case 'none':
      return t('This device has no microphone. Plug one in, and press again.')
    case 'busy':
      return t('Another program holds the microphone. Close it, and press again.')
    case 'insecure':
      return t('Browsers give camera and microphone to encrypted addresses alone: open your link by https.')
    case null:
      break
  }
  switch (cameraFault) {
    case 'refused':
      return t('Your browser does not let this page use the camera: you are heard without a picture.')
    case 'none':
      return t('This device has no camera: you are heard without a picture.')
    case 'busy':
      return t('Another program holds the camera: you are heard without a picture.')
    default:
      return ''
  }
}

/** Whether this entry is to be rung up by a host now, or is on the telephone already. */
export function telephoneNow(entry: FloorEntry): 'ring' | 'speaking' | null {
  if (entry.via !== 'telephone') return null
  if (entry.state === 'next' || entry.state === 'ready') return 'ring'
  return entry.state === 'speaking' ? 'speaking' : null
}
