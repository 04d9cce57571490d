// Where the stage is seen, and how those on it are arranged. Pure; who is on it at all the server decides.
import type { Moment } from '../timeline'
import { isLocked } from '../timeline'
import type { Item, Media, OnStage, Run, Stage } from '../wire'

/** The item's own picture; the people on the stage; or the recorded version that stands in for a living voice. */
export type Standing = 'item' | 'stage' | 'recorded'

/** What is in the picture's place at this moment. The holding picture and the end go before all of it. */
export function standing(shown: Moment, people: readonly OnStage[], stage: Stage, holding: boolean): Standing {
  if (holding || isLocked(shown.silence) || (shown.phase !== 'lobby' && shown.phase !== 'item')) return 'item'
  // The invitation to a silence is read: it stays, and whoever says it is heard.
  if (shown.item?.detail.kind === 'silence') return 'item'
  if (shown.item !== null && recordedAt(stage, shown) !== null && standIn(shown.item, shown.step) !== null) return 'recorded'
  const here = present(people)
  if (here.some(({ kind }) => kind !== 'guest')) return 'stage'
  if (here.length === 0) return 'item'
  return shown.item !== null && hasOwnPicture(shown.item, shown.step) ? 'item' : 'stage'
}

/** Without halls that do not send: the programme goes on in their place as if they were not in it. */
export function present<One extends Pick<OnStage, 'kind' | 'feed'>>(people: readonly One[]): One[] {
  return people.filter(({ kind, feed }) => kind !== 'hall' || feed !== null)
}

/** From when on the recorded version of this step is shown, server ms; null: the living voice. Twin of Stage.recorded_at. */
export function recordedAt(stage: Stage, { run, step }: Pick<Moment, 'run' | 'step'>): number | null {
  if (run === null) return null
  return stage.recorded.find((one) => one.cue === run.cue && one.step === step)?.from_ms ?? null
}

/** What can stand in for the living voice of this step; null where there is none. Twin of the server's stand_in. */
export function standIn(item: Item, step: number): Media | null {
  const own = ofStep(item, step)?.media ?? null
  return [own, item.media].find((media): media is Media => media !== null && media.sources.length > 0 && !media.live) ?? null
}

/**
 * Which media the picture of this step plays by itself: its own, else the item's. A living voice has its recorded version
 * only in case, so that a film does not play over whoever speaks; a still is shown, and a live broadcast is the voice.
 */
export function playedAt(item: Item, step: number): Media | null {
  const one = ofStep(item, step)
  const media = one?.media && isSeen(one.media) ? one.media : item.media
  if (media === null || !isSeen(media)) return null
  if (one?.mode !== 'live' || media.live || media.sources.length === 0) return media
  return media.still === null ? null : { ...media, sources: [] }
}

/** The witness of a testimony or the place of a roll-call that this step is. */
function ofStep(item: Item, step: number): { media: Media | null; mode: string } | null {
  if (item.detail.kind === 'testimony') return item.detail.speakers[step] ?? null
  if (item.detail.kind === 'roll_call') return item.detail.entries[step] ?? null
  return null
}

const isSeen = (media: Media) => media.sources.length > 0 || media.still !== null

/** Kinds that are a picture in themselves: names to be read, lights, photographs. */
const PICTURES = ['wreath_laying', 'names', 'candle', 'bell', 'gallery', 'greetings', 'wishes', 'honours', 'response']

function hasOwnPicture(item: Item, step: number): boolean {
  const isRead = item.detail.kind === 'reading' && Object.values(item.text).some((text) => text.trim() !== '')
  return isRead || PICTURES.includes(item.detail.kind) || playedAt(item, step) !== null
}

/** The run as if it had begun then, at this step: for what is shown from its own beginning on. */
export function runFrom(run: Run, step: number, from_ms: number): Run {
  const holds = run.holds
    .filter(({ to_ms }) => to_ms === null || to_ms > from_ms)
    .map((hold) => ({ ...hold, from_ms: Math.max(from_ms, hold.from_ms) }))
  return { ...run, start_ms: from_ms, holds, steps: [{ step, at_ms: from_ms }] }
}

/** Who is seen large, side by side, and who small beside them: hosts and helpers beside the one voice. */
export function arranged(people: readonly OnStage[]): { large: OnStage[]; small: OnStage[] } {
  const voices = people.filter(({ kind }) => kind !== 'guest')
  if (voices.length !== 1 || people.length === 1) return { large: [...people], small: [] }
  return { large: voices, small: people.filter(({ kind }) => kind === 'guest') }
}
