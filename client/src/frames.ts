/** When what is drawn now will be seen: pure, fed with the timestamps of animation frames. */

/** Until two frames have been seen: the usual screen. */
const USUAL_MS = 1000 / 60
const LEAST_MS = 3
/** Longer than this is a pause, not a frame. */
const MOST_MS = 70
const REMEMBERED = 9
/**
 * A frame drawn at one tick of the screen is handed to the compositor, which has it on the screen two ticks later: one to put the
 * page together, one until the scan begins. What the panel itself then takes nobody tells.
 */
const FRAMES_AHEAD = 2

/** Takes the timestamp of each frame, in order; tells the local time at which the frame is seen. */
export function createFrames(): (timestamp_ms: number) => number {
  let last = -Infinity
  let gaps: number[] = []
  return (timestamp_ms) => {
    const gap = timestamp_ms - last
    last = timestamp_ms
    // Two callbacks of one frame have the same timestamp.
    if (gap >= LEAST_MS && gap <= MOST_MS) gaps = [...gaps.slice(1 - REMEMBERED), gap]
    const sorted = [...gaps].sort((a, b) => a - b)
    // A frame that was left out doubles a gap; the median is the screen's own.
    return timestamp_ms + FRAMES_AHEAD * (sorted[sorted.length >> 1] ?? USUAL_MS)
  }
}
