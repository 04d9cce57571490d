// The run of show as a host reads it: planned against expected times, what the one large button does, when to warn. Pure.
import { WAITING, holder } from '../../floor'
import {
  AUTOPILOT_LEAD_MS,
  conducted,
  isLocked,
  itemOf,
  itemStates,
  moment,
  nextItem,
  plannedEndMs,
  positionMs,
  runsAhead,
  silencePlan,
  stepAt,
  steps,
  walksByItself,
  type ItemState,
  type SilencePart,
} from '../../timeline'
import type { Floor, Item, Programme, Progress, Run } from '../../wire'

/** One line of the run of show; the lobby is not among them, for it is not cued. */
export interface Row {
  item: Item
  /** From 1, in the order of the programme. */
  number: number
  state: ItemState
  /** By the programme as it was printed, with every item in it. */
  planned_ms: number
  /** When it began, or will as things stand; null when nothing foreseeable leads there. */
  expected_ms: number | null
  began: boolean
  /** How long a past item has taken, holds included; null while that is not known. */
  took_ms: number | null
}

export interface Schedule {
  rows: Row[]
  plannedEnd_ms: number
  expectedEnd_ms: number
  /** Expected against planned end: positive is behind, negative ahead. */
  behind_ms: number
  /** Since the first item began; null before. */
  elapsed_ms: number | null
}

/**
 * The whole run of show at `now`. Planned times are those of the printed programme, and never move; an item that overruns
 * moves only what is expected.
 */
export function expected(programme: Programme, progress: Progress, now: number): Schedule {
  const items = conducted(programme)
  const states = itemStates(programme, progress, now)
  const runs = runsAhead(programme, progress)
  const starts = new Map<string, number>()
  const took = new Map<string, number>()
  runs.forEach((run, i) => {
    starts.set(run.item_id, run.start_ms)
    const following = runs[i + 1]?.start_ms ?? progress.closed_ms
    if (following !== null && following <= now) took.set(run.item_id, following - run.start_ms)
    else took.delete(run.item_id)
  })

  let cursor = Math.max(now, programme.starts_ms)
  const last = runs[runs.length - 1]
  const lastItem = last === undefined ? null : itemOf(programme, last.item_id)
  if (last !== undefined && lastItem !== null) cursor = endOf(last, lastItem, now)
  if (progress.closed_ms === null) {
    for (
      let item = nextItem(programme, progress, lastItem?.id ?? null);
      item !== null;
      item = nextItem(programme, progress, item.id)
    ) {
      starts.set(item.id, cursor)
      cursor += item.planned_s * 1000
    }
  }

  let planned_ms = programme.starts_ms
  const rows = items.map((item, i): Row => {
    const at = starts.get(item.id) ?? null
    const row: Row = {
      item,
      number: i + 1,
      state: states[item.id] ?? 'planned',
      planned_ms,
      expected_ms: at,
      began: at !== null && at <= now && progress.runs.some((run) => run.item_id === item.id && run.start_ms <= now),
      took_ms: took.get(item.id) ?? null,
    }
    planned_ms += item.planned_s * 1000
    return row
  })
  const first = progress.runs[0]
  const end_ms = progress.closed_ms ?? cursor
  const elapsed = first === undefined || first.start_ms > now ? null : Math.min(now, progress.closed_ms ?? now) - first.start_ms
  return { rows, plannedEnd_ms: planned_ms, expectedEnd_ms: end_ms, behind_ms: end_ms - planned_ms, elapsed_ms: elapsed }
}

/** When a run will be over: by its planned length, but not before now; on hold, as if it went on this moment. */
function endOf(run: Run, item: Item, now: number): number {
  const end_ms = plannedEndMs(run, item)
  const left_ms = item.planned_s * 1000 - Math.max(0, positionMs(run, now))
  return end_ms === null ? now + Math.max(0, left_ms) : Math.max(now, end_ms)
}

/** What pressing the one large button would do now, or why it would do nothing. */
export type NextPress =
  | { kind: 'closed' }
  /** The programme has no items to cue. */
  | { kind: 'nothing' }
  /** A cue is announced; `takeBack` says whether it can be called off, and how. */
  | { kind: 'pending'; run: Run; item: Item; takeBack: 'yes' | 'autopilot' | 'no' }
  /** Locked: until `until_ms` nobody touches anything. During the invitation the silence is only waited for. */
  | { kind: 'silence'; item: Item; part: SilencePart; until_ms: number }
  | { kind: 'step'; item: Item; step: number; count: number }
  /** `auto_ms`: it begins then by itself, unless somebody is earlier. */
  | { kind: 'item'; item: Item; auto_ms: number | null }
  /** The last item is live. */
  | { kind: 'close' }

export function nextPress(programme: Programme, progress: Progress, now: number): NextPress {
  const shown = moment(programme, progress, now)
  if (shown.phase === 'closed') return { kind: 'closed' }
  const instants = shown.item !== null && shown.run !== null ? silencePlan(shown.item, shown.run) : null
  if (shown.item !== null && instants !== null && isLocked(shown.silence)) {
    const part = shown.silence!
    const until_ms = part === 'stillness' ? instants.t0_ms : part === 'silence' ? instants.end_ms : instants.rest_end_ms
    return { kind: 'silence', item: shown.item, part, until_ms }
  }
  const pending = progress.runs.find((run) => run.start_ms > now)
  const announced = pending === undefined ? null : itemOf(programme, pending.item_id)
  if (pending !== undefined && announced !== null) {
    return { kind: 'pending', run: pending, item: announced, takeBack: takeBack(programme, progress, pending, now) }
  }
  if (shown.item !== null && instants !== null && shown.silence === 'invitation') {
    return { kind: 'silence', item: shown.item, part: 'invitation', until_ms: instants.still_ms }
  }
  if (shown.item !== null) {
    const [count] = steps(shown.item)
    const byHand = count > 1 && !progress.autopilot && !walksByItself(shown.item)
    if (byHand && shown.step < count - 1) return { kind: 'step', item: shown.item, step: shown.step + 1, count }
  }
  const following = nextItem(programme, progress, shown.item?.id ?? null)
  if (following !== null) {
    const auto_ms = shown.standby?.item_id === following.id ? shown.standby.start_ms : null
    return { kind: 'item', item: following, auto_ms }
  }
  return { kind: shown.item === null ? 'nothing' : 'close' }
}

/** What the clock would cue again at once cannot be taken back; with the autopilot, that is switched off first. */
function takeBack(programme: Programme, progress: Progress, pending: Run, now: number): 'yes' | 'autopilot' | 'no' {
  const without: Progress = {
    ...progress,
    autopilot: false,
    runs: progress.runs.filter((run) => run.start_ms <= now),
  }
  const again = runsAhead(programme, without).find((run) => run.cue > without.cues)
  if (again !== undefined && again.item_id === pending.item_id && again.start_ms <= now + AUTOPILOT_LEAD_MS) return 'no'
  return progress.autopilot ? 'autopilot' : 'yes'
}

/** The item after the one that the large button's step belongs to: what comes when the remaining steps are left out. */
export function itemAfter(programme: Programme, progress: Progress, now: number): Item | null {
  const shown = moment(programme, progress, now)
  return nextItem(programme, progress, shown.item?.id ?? null)
}

/** The item before the live one, in the order of the programme, leaving out what is skipped. */
export function itemBefore(programme: Programme, progress: Progress, now: number): Item | null {
  const shown = moment(programme, progress, now)
  if (shown.item === null) return null
  const items = conducted(programme)
  const at = items.findIndex((item) => item.id === shown.item?.id)
  return (
    items
      .slice(0, Math.max(0, at))
      .reverse()
      .find((item) => !progress.skipped.includes(item.id)) ?? null
  )
}

/** The live item's own clock; holds do not count. */
export interface ItemClock {
  position_ms: number
  planned_ms: number
  /** 0 when over. */
  left_ms: number
  /** 0 until the planned time has passed. */
  over_ms: number
}

export function itemClock(run: Run, item: Item, now: number): ItemClock {
  const position_ms = Math.max(0, positionMs(run, now))
  const planned_ms = item.planned_s * 1000
  return {
    position_ms,
    planned_ms,
    left_ms: Math.max(0, planned_ms - position_ms),
    over_ms: Math.max(0, position_ms - planned_ms),
  }
}

export interface StepClock {
  step: number
  count: number
  /** Since this step began, holds not counted. */
  elapsed_ms: number
  slot_ms: number
  /** A person moves it, not the clock. */
  byHand: boolean
}

/** Where an item with steps stands; null for one without. */
export function stepClock(item: Item, run: Run, progress: Progress, now: number): StepClock | null {
  const [count, slot_s] = steps(item)
  if (count < 2) return null
  const step = stepAt(item, run, progress, now)
  let anchor = { step: 0, at_ms: run.start_ms }
  for (const candidate of run.steps) if (candidate.at_ms <= now) anchor = candidate
  const slot_ms = Math.round(slot_s * 1000)
  const since_ms = positionMs(run, now) - positionMs(run, anchor.at_ms)
  const elapsed_ms = Math.max(0, since_ms - Math.max(0, step - anchor.step) * slot_ms)
  return { step, count, elapsed_ms, slot_ms, byHand: !progress.autopilot && !walksByItself(item) }
}

export type Warning =
  /** It should have begun, and nobody has started it: the commonest slip of all. */
  | { kind: 'not_started'; late_ms: number }
  | { kind: 'soon'; left_ms: number }
  | { kind: 'over'; over_ms: number }
  | { kind: 'held'; since_ms: number }

/** What the host should notice now; none during a silence. */
export function warning(programme: Programme, progress: Progress, now: number): Warning | null {
  const shown = moment(programme, progress, now)
  const announced = progress.runs.some((run) => run.start_ms > now)
  if (shown.phase === 'closed' || announced) return null
  if (shown.item === null || shown.run === null) {
    const isDue = now >= programme.starts_ms && !progress.autopilot && conducted(programme).length > 0
    return isDue ? { kind: 'not_started', late_ms: now - programme.starts_ms } : null
  }
  if (shown.silence !== null) return null
  if (shown.held) {
    const since = [...shown.run.holds].reverse().find((hold) => hold.from_ms <= now)
    return { kind: 'held', since_ms: since?.from_ms ?? now }
  }
  const clock = itemClock(shown.run, shown.item, now)
  if (clock.over_ms > 0 || clock.left_ms === 0) return { kind: 'over', over_ms: clock.over_ms }
  return clock.left_ms <= shown.item.warn_s * 1000 && clock.planned_ms > shown.item.warn_s * 1000
    ? { kind: 'soon', left_ms: clock.left_ms }
    : null
}

/** How long everybody who waits would speak, and the rest of the present speaker's time. */
export function queueLength(floor: Floor, now: number): { waiting: number; total_ms: number } {
  const speaking = holder(floor)
  const waiting = floor.entries.filter((entry) => WAITING.includes(entry.state))
  const rest_ms = speaking === null ? 0 : Math.max(0, speaking.slot_s * 1000 - (now - speaking.since_ms))
  return { waiting: waiting.length, total_ms: rest_ms + waiting.reduce((sum, entry) => sum + entry.slot_s * 1000, 0) }
}

/** The order with one entry a place earlier (-1) or later (+1) among those who wait; null when it stays. */
export function moved(floor: Floor, id: string, by: -1 | 1): string[] | null {
  const order = floor.entries.filter((entry) => WAITING.includes(entry.state)).map((entry) => entry.id)
  const from = order.indexOf(id)
  const to = from + by
  if (from < 0 || to < 0 || to >= order.length) return null
  order.splice(from, 1)
  order.splice(to, 0, id)
  return order
}
