// How the console says times, states and refusals.
import { language, mark, t } from '../../text/messages'
import type { ItemState } from '../../timeline'
import type { Ack, FloorEntry, Item } from '../../wire'

/** A length: `1:20`, `12:05`, `1:02:03`; never negative. */
export function length(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000))
  const seconds = String(whole % 60).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${seconds}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`
}

/** A countdown to an instant: full seconds left, so that it says 0:01 until it is over. */
export function countdown(ms: number): string {
  return length(Math.ceil(Math.max(0, ms) / 1000) * 1000)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** The time of day in a zone to the second: the clock of the ceremony. */
export function timeWithSeconds(ms: number, zone: string): string {
  const key = `${language()} ${zone}`
  let found = clocks.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat(language(), { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    clocks.set(key, found)
  }
  return found.format(ms)
}

/** Against the plan, in words; under five seconds nobody is behind. */
export function againstPlan(behind_ms: number): string {
  if (Math.abs(behind_ms) < 5_000) return t('On time')
  return behind_ms > 0 ? t('{time} behind', { time: length(behind_ms) }) : t('{time} ahead', { time: length(-behind_ms) })
}

const STATES: Record<ItemState, string> = {
  planned: mark('planned'),
  standby: mark('begins now'),
  live: mark('live'),
  held: mark('on hold'),
  done: mark('done'),
  skipped: mark('skipped'),
}

export function stateWord(state: ItemState): string {
  return t(STATES[state])
}

const KINDS: Record<Item['detail']['kind'], string> = {
  lobby: mark('Lobby'),
  address: mark('Address'),
  video_message: mark('Video message'),
  silence: mark('Silence'),
  testimony: mark('Memories'),
  reading: mark('Reading'),
  response: mark('Call and answer'),
  wreath_laying: mark('Laying of wreaths'),
  roll_call: mark('Roll-call'),
  names: mark('Reading of names'),
  candle: mark('Candle'),
  bell: mark('Bell'),
  music: mark('Music'),
  anthem: mark('Anthem'),
  gallery: mark('Photographs'),
  film: mark('Film'),
  greetings: mark('Greetings'),
  wishes: mark('Wishes'),
  honours: mark('Honours'),
  panel: mark('Conversation'),
  interval: mark('Pause'),
  closing: mark('Closing'),
}

export function kindWord(item: Item): string {
  return t(KINDS[item.detail.kind])
}

const ENTRY_STATES: Record<FloorEntry['state'], string> = {
  asked: mark('asks to speak'),
  accepted: mark('in the order'),
  next: mark('called, not answered yet'),
  ready: mark('ready'),
  speaking: mark('speaking'),
  done: mark('has spoken'),
  not_here: mark('was not here'),
  withdrawn: mark('withdrawn'),
  declined: mark('declined'),
}

export function entryStateWord(state: FloorEntry['state']): string {
  return t(ENTRY_STATES[state])
}

export const ENTRY_KINDS: Record<FloorEntry['kind'], string> = {
  memory: mark('A memory'),
  poem: mark('A poem'),
  wish: mark('A wish'),
  tribute: mark('A tribute'),
}

export const VIAS: Record<FloorEntry['via'], string> = {
  self: mark('at their own screen'),
  telephone: mark('on the telephone'),
  beside: mark('beside another person'),
  hall: mark('in a hall'),
}

const REFUSALS: Record<string, string> = {
  'cue.stale': mark('Already started by another host.'),
  'cue.none_pending': mark('It has begun already, and is not taken back.'),
  'cue.autopilot': mark('The autopilot would start it again at once. Switch the autopilot off first.'),
  'cue.pending': mark('Another item begins this moment. Take it back first, or wait.'),
  'step.stale': mark('The step has changed already, perhaps by another host.'),
  'step.unknown': mark('There is no such step in this item.'),
  'item.unknown': mark('This item is not in the programme any more.'),
  'item.not_live': mark('This item is not live any more.'),
  'item.already_live': mark('This item has been live already, and is not skipped.'),
  'silence.locked': mark('Nothing changes during the silence. Please wait until it is over.'),
  'silence.no_hold': mark('A silence is not put on hold.'),
  'phase.not_allowed': mark('This is not possible at this time of the ceremony.'),
  'role.not_allowed': mark('Your link does not allow this.'),
  'ceremony.not_planned': mark('The programme of this ceremony is not set yet.'),
  'floor.unknown_entry': mark('This request is not in the queue any more.'),
  'floor.wrong_state': mark('This request has changed meanwhile. Please look at it again.'),
  'floor.holder_changed': mark('Somebody else has the floor by now. Please look again.'),
  'floor.order_stale': mark('The queue has changed meanwhile. Please move it again.'),
  'floor.already_asked': mark('This person is in the queue already.'),
  'floor.full': mark('The queue is full.'),
  'floor.not_holder': mark('This request belongs to somebody else.'),
  'stage.full': mark('Four people are on the stage, with the place kept for whoever speaks. Let somebody leave it first.'),
  'stage.no_screen': mark('This person has no screen of their own, and stays on the telephone.'),
  'stage.no_recording': mark('There is no recorded version of this part.'),
  'stage.off': mark('Live pictures are switched off for this ceremony.'),
  'stage.unavailable': mark('Live pictures are away just now; they come back by themselves.'),
  'moderation.changed': mark('Somebody else was first. Please look at it again.'),
  'wish.unknown': mark('These words are not here any more.'),
  'words.not_allowed': mark('One of the fields is empty, too long, or holds signs that cannot be shown.'),
  'country.unknown': mark('This country is not known.'),
  'message.too_large': mark('This text is too long.'),
}

/** A refused command in one calm line. */
export function refusal(ack: Ack): string {
  const known = REFUSALS[ack.code ?? '']
  if (known !== undefined) return t(known)
  return ack.message || t('This was not possible. Nothing has changed.')
}
