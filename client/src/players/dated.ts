/** A live stream that says when it was taken, as something with a place to keep: its position is the instant that it shows. */
import type { Engine } from './engine'

/** `engine`, with instants (UTC seconds) in place of its own positions. */
export function byDate(engine: Engine): Engine {
  const date_s = () => engine.date_s?.() ?? null

  /** The engine's own position at which this instant is shown. */
  function place(instant_s: number): number | null {
    const position_s = engine.position()
    const shown_s = date_s()
    return position_s === null || shown_s === null ? null : position_s + instant_s - shown_s
  }

  return {
    ...engine,
    position: date_s,
    duration: () => null,
    seek(instant_s) {
      const position_s = place(instant_s)
      if (position_s !== null) engine.seek(position_s)
    },
    reaches(instant_s) {
      const position_s = place(instant_s)
      return position_s !== null && (engine.reaches?.(position_s) ?? false)
    },
  }
}
