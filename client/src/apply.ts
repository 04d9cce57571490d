// What an event makes of the state: the twin of the server's `evolve` (domain/ceremony.py), bound to it by the recorded
// histories in tests/vectors. Pure; the states it is given are never changed.
import type { CeremonyState, EventMessage, Floor, FloorEntry, Progress, Run, Stage, Tributes, Wish } from './wire'

/** A ceremony before its first event. */
export function emptyState(): CeremonyState {
  return {
    seq: 0,
    programme: null,
    progress: {
      runs: [],
      cues: 0,
      skipped: [],
      autopilot: false,
      autopilot_since_ms: 0,
      holding_since_ms: null,
      opened_ms: null,
      closed_ms: null,
    },
    floor: { asking: true, entries: [] },
    tributes: { laid: [], wishes: [] },
    stage: { guests: [], recorded: [] },
    door: null,
  }
}

/** The state after the event that follows it; an unknown kind, from a newer server, changes nothing but the number. */
export function apply(state: CeremonyState, event: EventMessage): CeremonyState {
  if (event.seq !== state.seq + 1) throw new RangeError(`event ${event.seq} does not follow ${state.seq}`)
  const next: CeremonyState = {
    ...state,
    seq: event.seq,
    progress: onProgress(state.progress, event),
    floor: onFloor(state.floor, event),
    stage: onStage(state.stage, event),
    tributes: onTributes(state.tributes, event),
  }
  if (event.kind === 'ceremony.planned') next.programme = event.data.programme
  if (event.kind === 'door.set') next.door = event.data.policy
  return next
}

function onProgress(progress: Progress, event: EventMessage): Progress {
  switch (event.kind) {
    case 'ceremony.opened':
      return { ...progress, opened_ms: event.at_ms }
    case 'ceremony.closed':
      return {
        ...progress,
        closed_ms: event.at_ms,
        runs: progress.runs.filter((run) => run.start_ms <= event.at_ms),
      }
    case 'item.cued': {
      const { item_id, start_ms, cue } = event.data
      return {
        ...progress,
        runs: [...progress.runs, { cue, item_id, start_ms, holds: [], steps: [] }],
        cues: cue,
        skipped: progress.skipped.filter((id) => id !== item_id),
      }
    }
    case 'item.cue_cancelled':
      return { ...progress, runs: progress.runs.filter((run) => run.cue !== event.data.cue) }
    case 'item.held':
      return withRun(progress, event.data.cue, (run) => ({
        ...run,
        holds: [...run.holds, { from_ms: event.data.from_ms, to_ms: null }],
      }))
    case 'item.resumed':
      return withRun(progress, event.data.cue, (run) => ({
        ...run,
        holds: run.holds.map((hold) => (hold.to_ms === null ? { ...hold, to_ms: event.data.to_ms } : hold)),
      }))
    case 'item.stepped':
      return withRun(progress, event.data.cue, (run) => ({
        ...run,
        steps: [...run.steps, { step: event.data.step, at_ms: event.data.step_ms }],
      }))
    case 'item.skipped':
      return { ...progress, skipped: [...progress.skipped, event.data.item_id] }
    case 'item.restored':
      return { ...progress, skipped: progress.skipped.filter((id) => id !== event.data.item_id) }
    case 'autopilot.set':
      return { ...progress, autopilot: event.data.on, autopilot_since_ms: event.data.since_ms }
    case 'picture.held':
      return { ...progress, holding_since_ms: event.data.from_ms }
    case 'picture.released':
      return { ...progress, holding_since_ms: null }
    default:
      return progress
  }
}

function withRun(progress: Progress, cue: number, change: (run: Run) => Run): Progress {
  return { ...progress, runs: progress.runs.map((run) => (run.cue === cue ? change(run) : run)) }
}

function onFloor(floor: Floor, event: EventMessage): Floor {
  switch (event.kind) {
    case 'floor.asking_set':
      return { ...floor, asking: event.data.on }
    case 'floor.requested':
      return { ...floor, entries: [...floor.entries, event.data.entry] }
    case 'floor.changed':
    case 'floor.called':
      return replaced(floor, event.data.entry)
    case 'floor.granted': {
      const { entry } = event.data
      const holder = floor.entries.find((other) => other.state === 'speaking')
      const yielded = holder !== undefined && holder.id !== entry.id ? set(floor, holder.id, 'done', event.at_ms) : floor
      return replaced(yielded, entry)
    }
    case 'floor.deferred': {
      const deferred = set(floor, event.data.entry_id, 'accepted', event.at_ms)
      return {
        ...deferred,
        entries: [
          ...deferred.entries.filter((entry) => entry.id !== event.data.entry_id),
          ...deferred.entries.filter((entry) => entry.id === event.data.entry_id),
        ],
      }
    }
    case 'floor.reordered':
      return reordered(floor, event.data.order)
    case 'floor.accepted':
      return set(floor, event.data.entry_id, 'accepted', event.at_ms)
    case 'floor.declined':
      return set(floor, event.data.entry_id, 'declined', event.at_ms)
    case 'floor.readied':
      return set(floor, event.data.entry_id, 'ready', event.at_ms)
    case 'floor.yielded':
      return set(floor, event.data.entry_id, 'done', event.at_ms)
    case 'floor.absent':
      return set(floor, event.data.entry_id, 'not_here', event.at_ms)
    case 'floor.withdrawn':
      return set(floor, event.data.entry_id, 'withdrawn', event.at_ms)
    case 'person.erased':
    case 'names.erased':
      return { ...floor, entries: floor.entries.map((entry) => (isErased(event, entry) ? withoutWords(entry, event.at_ms) : entry)) }
    default:
      return floor
  }
}

/** Whether the event takes out the words of this request or wish. */
function isErased(event: EventMessage, one: FloorEntry | Wish): boolean {
  const isWish = 'item_id' in one
  if (event.kind === 'person.erased') return event.data[isWish ? 'wishes' : 'entries'].includes(one.id)
  return event.kind === 'names.erased' && !(isWish && event.data.kept_items.includes(one.item_id))
}

/** Somebody spoke, or asked to: nobody need know who. */
function withoutWords(entry: FloorEntry, at_ms: number): FloorEntry {
  const over = entry.state === 'done' || entry.state === 'withdrawn'
  return {
    ...entry,
    ...(over ? {} : { state: 'withdrawn', since_ms: at_ms }),
    participant_id: null,
    name: '',
    community: '',
    country: null,
    text: '',
    via: 'self',
    note: '',
    telephone: '',
    released: false,
  }
}

function replaced(floor: Floor, entry: FloorEntry): Floor {
  return { ...floor, entries: floor.entries.map((other) => (other.id === entry.id ? entry : other)) }
}

function set(floor: Floor, id: string, state: FloorEntry['state'], at_ms: number): Floor {
  return {
    ...floor,
    entries: floor.entries.map((entry) => (entry.id === id ? { ...entry, state, since_ms: at_ms } : entry)),
  }
}

/** The named entries take, in this order, the places they held among all. */
function reordered(floor: Floor, order: readonly string[]): Floor {
  const named = order
    .map((id) => floor.entries.find((entry) => entry.id === id))
    .filter((entry): entry is FloorEntry => entry !== undefined)
  const queue = [...named]
  const entries = floor.entries.map((entry) => (named.includes(entry) ? (queue.shift() ?? entry) : entry))
  return { ...floor, entries }
}

function onStage(stage: Stage, event: EventMessage): Stage {
  switch (event.kind) {
    case 'stage.invited': {
      const { guest } = event.data
      return { ...stage, guests: [...stage.guests.filter((other) => other.key !== guest.key), guest] }
    }
    case 'stage.dismissed':
      return { ...stage, guests: stage.guests.filter((guest) => guest.key !== event.data.key) }
    case 'stage.recorded_shown':
      return { ...stage, recorded: [...otherSteps(stage, event.data), { ...event.data }] }
    case 'stage.live_shown':
      return { ...stage, recorded: otherSteps(stage, event.data) }
    case 'person.erased':
      return { ...stage, guests: stage.guests.filter((guest) => !event.data.guests.includes(guest.key)) }
    case 'names.erased':
      return { ...stage, guests: [] }
    default:
      return stage
  }
}

function otherSteps(stage: Stage, at: { cue: number; step: number }): Stage['recorded'] {
  return stage.recorded.filter((one) => one.cue !== at.cue || one.step !== at.step)
}

function onTributes(tributes: Tributes, event: EventMessage): Tributes {
  switch (event.kind) {
    case 'wreath.laid':
      return {
        ...tributes,
        laid: [...tributes.laid, { item_id: event.data.item_id, wreath: event.data.wreath, at_ms: event.at_ms }],
      }
    case 'wish.offered':
      return { ...tributes, wishes: [...tributes.wishes, event.data.wish] }
    case 'wish.released': {
      // In the order of release, which is the order in which the audience gets them.
      const { wish } = event.data
      return { ...tributes, wishes: [...tributes.wishes.filter((other) => other.id !== wish.id), wish] }
    }
    case 'wish.withheld':
      return {
        ...tributes,
        wishes: tributes.wishes.map((wish) =>
          wish.id === event.data.wish_id ? { ...wish, state: 'withheld' as const } : wish,
        ),
      }
    case 'wish.removed':
      return { ...tributes, wishes: tributes.wishes.filter((wish) => wish.id !== event.data.wish_id) }
    case 'person.erased':
    case 'names.erased':
      return { ...tributes, wishes: tributes.wishes.filter((wish) => !isErased(event, wish)) }
    default:
      return tributes
  }
}
