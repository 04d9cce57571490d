/** What the player asks of anything that can show a moving picture: our own video element, or a frame of another site. */
import type { Abilities } from './sync'

export interface Engine {
  readonly abilities: Abilities
  /** Seconds from the beginning; null while it cannot say. */
  position(): number | null
  /** Seconds; null while not known, and for a live source. */
  duration(): number | null
  /** The picture runs. */
  moving(): boolean
  /** A place that was sought has arrived and can be played from at once. */
  ready(): boolean
  play(): void
  pause(): void
  seek(position_s: number): void
  /** Joins what is happening now; for live sources, which have no position. */
  seekLive(): void
  /** The instant that the picture shows, UTC seconds; null while it cannot say. Only live streams that carry dates have one. */
  date_s?(): number | null
  /** Whether this place could be shown now; a live stream has no more than its last minutes. */
  reaches?(position_s: number): boolean
  setRate(rate: number): void
  setSound(muted: boolean, volume: number): void
  destroy(): void
}

export interface EngineEvents {
  /** The first picture can be seen. */
  picture(): void
  failed(): void
  ended(): void
  /** No picture of ours, and yet all is well there: an advertisement, a buffer that fills. */
  alive(): void
  /** The browser lets the picture run only without sound until the person presses something. */
  soundBlocked(blocked: boolean): void
}
