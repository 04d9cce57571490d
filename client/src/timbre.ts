/**
 * The two sounds of a ceremony, computed: a wooden step as from a wireless loudspeaker, and a bell.
 *
 * Pure: each returns mono samples within -1..1. Both lie where old ears still hear well, mostly between 300 and 2700 Hz.
 */

interface Partial {
  hz: number
  level: number
  /** Time to fall to 1/e, s. */
  decay_s: number
}

/** Bars of a wooden case: a short clear knock around 1 kHz over a lower body. */
const WOOD: readonly Partial[] = [
  { hz: 470, level: 0.22, decay_s: 0.016 },
  { hz: 1040, level: 1, decay_s: 0.011 },
  { hz: 1710, level: 0.6, decay_s: 0.007 },
  { hz: 2630, level: 0.3, decay_s: 0.004 },
]
const TICK_S = 0.14
const TICK_PEAK = 0.6
/** A loudspeaker of 1941 gave little below and above. */
const SPEAKER_LOW_HZ = 260
const SPEAKER_HIGH_HZ = 4200

/**
 * Partials of a church bell relative to its prime (hum, prime, tierce, quint, nominal and above), the usual proportions in
 * campanology. No bell is quite round: each partial has a weaker twin close by, and they breathe, each at its own pace.
 */
const PRIME_HZ = 330
const BELL: readonly Partial[] = [
  { hz: 0.5, level: 0.55, decay_s: 2.6 },
  { hz: 1, level: 0.8, decay_s: 1.9 },
  { hz: 1.19, level: 0.7, decay_s: 1.6 },
  { hz: 1.5, level: 0.3, decay_s: 1.1 },
  { hz: 2, level: 0.75, decay_s: 1.2 },
  { hz: 2.52, level: 0.22, decay_s: 0.6 },
  { hz: 2.67, level: 0.18, decay_s: 0.5 },
  { hz: 3.01, level: 0.25, decay_s: 0.45 },
  { hz: 4.17, level: 0.1, decay_s: 0.25 },
]
/** The twin of the k-th partial lies k + 1 times this above it, and has this part of the level. */
const TWIN_HZ = 0.17
const TWIN_LEVEL = 0.25
const BELL_S = 8
const BELL_PEAK = 0.6
/** Nobody should start: the stroke swells rather than strikes. */
const BELL_RISE_S = 0.018
const BELL_END_S = 1.5

const HUSH_PEAK = 3e-5

export function renderTick(sampleRate: number): Float32Array<ArrayBuffer> {
  const n = Math.round(TICK_S * sampleRate)
  const random = noise(1941)
  const blow = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const t = i / sampleRate
    // 1 ms of dry noise, with a first sample that is not left to chance.
    blow[i] = (i === 0 ? 1 : 0) + random() * 0.45 * Math.exp(-t / 0.0006)
  }
  const out = new Float64Array(n)
  for (const { hz, level, decay_s } of WOOD) {
    const r = Math.exp(-1 / (decay_s * sampleRate))
    const w = (2 * Math.PI * hz) / sampleRate
    const a1 = 2 * r * Math.cos(w)
    const a2 = -r * r
    // The gain that gives each resonance the same height for one blow, at any sample rate.
    const gain = level * Math.sin(w)
    let [y1, y2] = [0, 0]
    for (let i = 0; i < n; i++) {
      const y = gain * blow[i]! + a1 * y1 + a2 * y2
      y2 = y1
      y1 = y
      // sin(w) is the height of the impulse response's first step; undo it for the sum.
      out[i]! += y / Math.sin(w)
    }
  }
  speaker(out, sampleRate)
  for (let i = 0; i < n; i++) out[i]! *= fall(i / sampleRate, TICK_S, 0.02)
  return toPeak(out, TICK_PEAK)
}

export function renderBell(sampleRate: number): Float32Array<ArrayBuffer> {
  const n = Math.round(BELL_S * sampleRate)
  const out = new Float64Array(n)
  for (const [k, { hz, level, decay_s }] of BELL.entries()) {
    for (const twin of [0, 1]) {
      const w = (2 * Math.PI * (hz * PRIME_HZ + twin * (k + 1) * TWIN_HZ)) / sampleRate
      const r = Math.exp(-1 / (decay_s * sampleRate))
      const a1 = 2 * r * Math.cos(w)
      const a2 = -r * r
      // A decaying sine by recursion; an old telephone cannot afford a million calls of Math.sin.
      let y2 = 0
      let y1 = level * (twin ? TWIN_LEVEL : 1) * r * Math.sin(w)
      for (let i = 1; i < n; i++) {
        out[i]! += y1
        const y = a1 * y1 + a2 * y2
        y2 = y1
        y1 = y
      }
    }
  }
  for (let i = 0; i < n; i++) {
    const t = i / sampleRate
    const rise = t < BELL_RISE_S ? 0.5 - 0.5 * Math.cos((Math.PI * t) / BELL_RISE_S) : 1
    out[i]! *= rise * fall(t, BELL_S, BELL_END_S)
  }
  return toPeak(out, BELL_PEAK)
}

/**
 * A second of noise far below hearing (-90 dB). Played around a silence it keeps sound cards, wireless loudspeakers and hearing
 * aids from falling asleep between two beats, or before the first.
 */
export function renderHush(sampleRate: number): Float32Array<ArrayBuffer> {
  const random = noise(50)
  return Float32Array.from({ length: sampleRate }, () => HUSH_PEAK * random())
}

/** First-order band of a small loudspeaker, in place. */
function speaker(samples: Float64Array, sampleRate: number): void {
  const low = 1 - Math.exp((-2 * Math.PI * SPEAKER_LOW_HZ) / sampleRate)
  const high = 1 - Math.exp((-2 * Math.PI * SPEAKER_HIGH_HZ) / sampleRate)
  let [bass, smooth] = [0, 0]
  for (let i = 0; i < samples.length; i++) {
    smooth += high * (samples[i]! - smooth)
    bass += low * (smooth - bass)
    samples[i] = smooth - bass
  }
}

function fall(t: number, length: number, over: number): number {
  const left = length - t
  return left >= over ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * Math.max(0, left)) / over)
}

function toPeak(samples: Float64Array, peak: number): Float32Array<ArrayBuffer> {
  let most = 0
  for (const s of samples) most = Math.max(most, Math.abs(s))
  return Float32Array.from(samples, (s) => (s * peak) / most)
}

/** The same noise on every device: uniform in -1..1 (xorshift). */
function noise(seed: number): () => number {
  let x = seed | 0
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x / 2 ** 31
  }
}
