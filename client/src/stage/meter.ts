// How loud a microphone is, and whether it has caught a voice.
export interface Meter {
  stop(): void
}

export interface MeterOptions {
  createContext?: (() => AudioContext) | undefined
  /** 0 to 1, as an ear would say. */
  onLevel: (level: number) => void
  /** Something as loud and as long as a word has been heard. */
  onVoice: () => void
}

const EVERY_MS = 80
/** Below it is the room; dB of full scale. */
const VOICE_DB = -45
const QUIET_DB = -60
const LOUD_DB = -12
/** A knock is shorter. */
const VOICE_MS = 240

export function createMeter(track: MediaStreamTrack, { createContext, onLevel, onVoice }: MeterOptions): Meter {
  let context: AudioContext
  let source: MediaStreamAudioSourceNode
  try {
    context = createContext?.() ?? new AudioContext()
    source = context.createMediaStreamSource(new MediaStream([track]))
  } catch {
    // Without a meter nobody is told that they are heard; they are all the same.
    return { stop: () => undefined }
  }
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  // Some browsers hand over a context that waits, even in a press.
  void context.resume().catch(() => undefined)
  const samples = new Float32Array(analyser.fftSize)
  let voiced_ms = 0
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const db = decibels(samples)
    onLevel(levelOf(db))
    voiced_ms = db > VOICE_DB ? voiced_ms + EVERY_MS : Math.max(0, voiced_ms - EVERY_MS / 2)
    if (voiced_ms >= VOICE_MS) onVoice()
  }, EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      source.disconnect()
      void context.close().catch(() => undefined)
    },
  }
}

/** The effective loudness of samples from -1 to 1. */
export function decibels(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return 10 * Math.log10(sum / samples.length + 1e-12)
}

export function levelOf(db: number): number {
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)))
}
