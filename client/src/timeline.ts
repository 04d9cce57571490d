// Which item is live at an instant, and what follows by itself: the twin of the server's domain/programme.py, so that a
// page that knows the timeline conducts itself through a silence with no server at all. Pure.
import type { Item, Programme, Progress, Run, Silence } from './wire'

export const LEAD_MS = 3_000
export const AUTOPILOT_LEAD_MS = 12_000

export type ItemState = 'planned' | 'standby' | 'live' | 'held' | 'done' | 'skipped'
export type SilencePart = 'invitation' | 'stillness' | 'silence' | 'rest'

/** The instants of one silence, server ms. */
export interface SilenceInstants {
  start_ms: number
  still_ms: number
  t0_ms: number
  end_ms: number
  rest_end_ms: number
  bpm: number
}

/** What is shown at one instant; see Moment in domain/programme.py. */
export interface Moment {
  phase: 'planned' | 'lobby' | 'item' | 'closed'
  run: Run | null
  item: Item | null
  position_ms: number
  held: boolean
  over: boolean
  step: number
  silence: SilencePart | null
  standby: Run | null
}

export function itemOf(programme: Programme, id: string): Item | null {
  return programme.items.find((item) => item.id === id) ?? null
}

/** The items that are cued; the lobby is simply what there is before the first. */
export function conducted(programme: Programme): Item[] {
  return programme.items.filter((item) => item.detail.kind !== 'lobby')
}

/** How many steps the item walks through and how long each lasts, in seconds. */
export function steps(item: Item): [count: number, slot_s: number] {
  const found = stepsOf(item)
  return found[0] > 0 ? found : [1, item.planned_s]
}

function stepsOf(item: Item): [number, number] {
  const detail = item.detail
  switch (detail.kind) {
    case 'testimony':
      return [detail.speakers.length, detail.slot_s]
    case 'wreath_laying':
      return [detail.wreaths.length, detail.slot_s]
    case 'roll_call':
      return [detail.entries.length, detail.slot_s]
    case 'names': {
      if (detail.names.length === 0) return [0, detail.pace_s]
      const groups = detail.grouping === 'pair' ? Math.ceil(detail.names.length / 2) : detail.names.length
      return [groups + detail.silences_at.length, detail.pace_s]
    }
    case 'gallery':
      return [detail.images.length, detail.interval_s]
    case 'greetings':
      return [detail.messages.length, detail.slot_s]
    case 'wishes':
      return [detail.read_out, item.planned_s / Math.max(1, detail.read_out)]
    case 'honours':
      return [detail.recipients.length, detail.slot_s]
    case 'bell':
      return [detail.strokes, detail.interval_s]
    default:
      return [1, item.planned_s]
  }
}

/** Whether the steps follow the clock even when a host conducts. */
export function walksByItself(item: Item): boolean {
  const detail = item.detail
  if (detail.kind === 'wreath_laying') return detail.mode === 'recorded'
  return detail.kind === 'names' || detail.kind === 'gallery' || detail.kind === 'bell'
}

function heldMs(run: Run, now_ms: number): number {
  let total = 0
  for (const hold of run.holds) {
    const to_ms = hold.to_ms === null ? now_ms : Math.min(now_ms, hold.to_ms)
    total += Math.max(0, to_ms - hold.from_ms)
  }
  return total
}

/** The item's own time: time since its start, less all holds. */
export function positionMs(run: Run, now_ms: number): number {
  return now_ms - run.start_ms - heldMs(run, now_ms)
}

export function onHold(run: Run, now_ms: number): boolean {
  return run.holds.some((hold) => hold.from_ms <= now_ms && (hold.to_ms === null || now_ms < hold.to_ms))
}

/** When the planned time of the run is over; null while it is on hold with no end in sight. */
export function plannedEndMs(run: Run, item: Item): number | null {
  let end_ms = run.start_ms + item.planned_s * 1000
  for (const hold of run.holds) {
    if (hold.to_ms === null) return null
    end_ms += hold.to_ms - hold.from_ms
  }
  return end_ms
}

export function silenceInstants(detail: Silence, start_ms: number): SilenceInstants {
  const still_ms = start_ms + detail.invitation_s * 1000
  const t0_ms = still_ms + detail.stillness_s * 1000
  const end_ms = t0_ms + detail.duration_s * 1000
  return { start_ms, still_ms, t0_ms, end_ms, rest_end_ms: end_ms + detail.quiet_after_s * 1000, bpm: detail.bpm }
}

export function silencePlan(item: Item, run: Run): SilenceInstants | null {
  return item.detail.kind === 'silence' ? silenceInstants(item.detail, run.start_ms) : null
}

export function silencePart(instants: SilenceInstants, now_ms: number): SilencePart | null {
  if (now_ms < instants.start_ms || now_ms >= instants.rest_end_ms) return null
  if (now_ms < instants.still_ms) return 'invitation'
  if (now_ms < instants.t0_ms) return 'stillness'
  return now_ms < instants.end_ms ? 'silence' : 'rest'
}

/** From the stillness to the end of the rest nothing may change. */
export function isLocked(part: SilencePart | null): boolean {
  return part === 'stillness' || part === 'silence' || part === 'rest'
}

/** The item that follows `after` (null: the first), leaving out what is skipped. */
export function nextItem(programme: Programme, progress: Progress, after: string | null): Item | null {
  const items = conducted(programme)
  const at = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
  if (after !== null && at === 0) return null
  return items.slice(at).find((item) => !progress.skipped.includes(item.id)) ?? null
}

/** The runs recorded, then those that follow by the clock alone, in order of their starts. */
export function runsAhead(programme: Programme, progress: Progress): Run[] {
  const runs = [...progress.runs]
  if (progress.closed_ms !== null) return runs
  let last = runs[runs.length - 1] ?? null
  let cue = progress.cues
  const earliest = progress.autopilot ? progress.autopilot_since_ms + LEAD_MS : 0
  for (;;) {
    let following: Item | null
    let start_ms: number
    if (last === null) {
      if (!progress.autopilot) return runs
      following = nextItem(programme, progress, null)
      start_ms = programme.starts_ms
    } else {
      const item = itemOf(programme, last.item_id)
      if (item === null || !(progress.autopilot || item.end === 'next')) return runs
      const end_ms = plannedEndMs(last, item)
      if (end_ms === null) return runs
      following = nextItem(programme, progress, item.id)
      start_ms = end_ms
    }
    if (following === null) return runs
    cue += 1
    last = { cue, item_id: following.id, start_ms: Math.max(start_ms, earliest), holds: [], steps: [] }
    runs.push(last)
  }
}

function anchorAt(run: Run, now_ms: number): { step: number; at_ms: number } {
  let anchor = { step: 0, at_ms: run.start_ms }
  for (const candidate of run.steps) if (candidate.at_ms <= now_ms) anchor = candidate
  return anchor
}

/** Which step of the item is shown: from the latest anchor on, walking by the clock where it does. */
export function stepAt(item: Item, run: Run, progress: Progress, now_ms: number): number {
  const [count, slot_s] = steps(item)
  const anchor = anchorAt(run, now_ms)
  let step = anchor.step
  if (progress.autopilot || walksByItself(item)) {
    const walked_ms = positionMs(run, now_ms) - positionMs(run, anchor.at_ms)
    step += Math.floor(walked_ms / slotMs(slot_s))
  }
  return Math.max(0, Math.min(count - 1, step))
}

function slotMs(slot_s: number): number {
  // Rounds halves to even, as the server does.
  const whole = Math.floor(slot_s * 1000)
  const rest = slot_s * 1000 - whole
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 === 1)
  return Math.max(1, whole + (up ? 1 : 0))
}

const NOTHING: Moment = {
  phase: 'planned',
  run: null,
  item: null,
  position_ms: 0,
  held: false,
  over: false,
  step: 0,
  silence: null,
  standby: null,
}

/** What is shown at `now_ms`. */
export function moment(programme: Programme, progress: Progress, now_ms: number): Moment {
  if (programme.cancelled !== null) return { ...NOTHING, phase: 'planned' }
  let current: Run | null = null
  let standby: Run | null = null
  for (const run of runsAhead(programme, progress)) {
    if (run.start_ms <= now_ms) current = run
    else {
      standby = run
      break
    }
  }
  if (progress.closed_ms !== null && progress.closed_ms <= now_ms) return { ...NOTHING, phase: 'closed' }
  const item = current === null ? null : itemOf(programme, current.item_id)
  if (current === null || item === null) {
    const opened = progress.opened_ms !== null && progress.opened_ms <= now_ms
    const isLobby = current !== null || opened || now_ms >= programme.lobby_opens_ms
    return { ...NOTHING, phase: isLobby ? 'lobby' : 'planned', standby }
  }
  const end_ms = plannedEndMs(current, item)
  const instants = silencePlan(item, current)
  return {
    phase: 'item',
    run: current,
    item,
    position_ms: positionMs(current, now_ms),
    held: onHold(current, now_ms),
    over: end_ms !== null && now_ms >= end_ms,
    step: stepAt(item, current, progress, now_ms),
    silence: instants === null ? null : silencePart(instants, now_ms),
    standby,
  }
}

/** The state of every item, by id. */
export function itemStates(programme: Programme, progress: Progress, now_ms: number): Record<string, ItemState> {
  const shown = moment(programme, progress, now_ms)
  const states: Record<string, ItemState> = {}
  for (const item of programme.items) states[item.id] = 'planned'
  for (const run of runsAhead(programme, progress)) if (run.start_ms <= now_ms) states[run.item_id] = 'done'
  for (const id of progress.skipped) if (states[id] === 'planned') states[id] = 'skipped'
  if (shown.standby !== null && shown.standby.start_ms - now_ms <= AUTOPILOT_LEAD_MS)
    states[shown.standby.item_id] = 'standby'
  if (shown.run !== null) states[shown.run.item_id] = shown.held ? 'held' : 'live'
  for (const item of programme.items) {
    if (item.detail.kind !== 'lobby') continue
    states[item.id] = shown.phase === 'planned' ? 'planned' : shown.phase === 'lobby' ? 'live' : 'done'
  }
  return states
}

/** The next instant at which `moment` says something else than position alone; null when nothing is foreseeable. */
export function nextChangeMs(programme: Programme, progress: Progress, now_ms: number): number | null {
  const instants: number[] = [programme.lobby_opens_ms]
  if (progress.opened_ms !== null) instants.push(progress.opened_ms)
  if (progress.closed_ms !== null) instants.push(progress.closed_ms)
  for (const run of runsAhead(programme, progress)) {
    instants.push(run.start_ms, run.start_ms - AUTOPILOT_LEAD_MS)
    const item = itemOf(programme, run.item_id)
    if (item === null) continue
    const end_ms = plannedEndMs(run, item)
    if (end_ms !== null) instants.push(end_ms)
    for (const hold of run.holds) {
      instants.push(hold.from_ms)
      if (hold.to_ms !== null) instants.push(hold.to_ms)
    }
    for (const anchor of run.steps) instants.push(anchor.at_ms)
    const silence = silencePlan(item, run)
    if (silence !== null) instants.push(silence.still_ms, silence.t0_ms, silence.end_ms, silence.rest_end_ms)
    const [count, slot_s] = steps(item)
    if (count > 1 && !onHold(run, now_ms) && (progress.autopilot || walksByItself(item))) {
      const anchor = anchorAt(run, now_ms)
      const slot_ms = slotMs(slot_s)
      const walked_ms = Math.max(0, positionMs(run, now_ms) - positionMs(run, anchor.at_ms))
      const start_ms = Math.max(now_ms, run.start_ms)
      instants.push(start_ms + slot_ms - (walked_ms % slot_ms))
    }
  }
  let next: number | null = null
  for (const instant of instants) if (instant > now_ms && (next === null || instant < next)) next = instant
  return next
}
