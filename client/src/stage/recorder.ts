// A host's page records what it receives, where no media server stands between: one feed after the server's word, each
// second of it on its way at once. It stops by itself in a silence, and when nobody says any more that it should go on.
import type { StageRecord } from '../wire'
import type { Upload } from './upload'

export interface RecorderDeps {
  /** What comes by a feed just now, one's own too; null while nothing does. */
  streamOf(feed: string): MediaStream | null
  upload: Pick<Upload, 'add' | 'finish' | 'waiting' | 'onUnwanted'>
  create?: (stream: MediaStream, options: MediaRecorderOptions) => MediaRecorder
  /** Keeps the sound of a stream flowing that is played nowhere; returns what ends that. */
  keepFlowing?: (stream: MediaStream) => () => void
}

export interface Recorder {
  told(message: StageRecord): void
  /** The line is back: the server says anew what it wants, under another name; what it does not say ends. */
  onLineBack(): void
  setCalm(calm: boolean): void
  stop(): void
  readonly recording: readonly string[]
}

interface Job {
  message: StageRecord
  recorder: MediaRecorder | null
  /** Data comes as blobs, whose bytes come later: one after the other. */
  chain: Promise<void>
  timer: ReturnType<typeof setTimeout> | undefined
  since_ms: number
  release: () => void
  ended: boolean
}

export const TYPE = 'video/webm;codecs=vp8,opus'
export const SOUND_TYPE = 'audio/webm;codecs=opus'
const SLICE_MS = 1000
const LOOK_MS = 100
/** For how long a picture is waited for that may not come: a recording of both begins with the first of each. */
const PICTURE_MS = 1200
/** Longer than the server keeps the seat of a page whose line it has lost. */
const DOUBT_MS = 8000
/** What a lost line may leave in memory; beyond it the page matters more than the recording. */
const WAITING_MAX = 150_000_000
const PICTURE_BPS = 700_000
const SOUND_BPS = 48_000

export function createRecorder(deps: RecorderDeps): Recorder {
  const create = deps.create ?? ((stream, options) => new MediaRecorder(stream, options))
  const keepFlowing = deps.keepFlowing ?? playedUnheard
  const jobs = new Map<string, Job>()
  let calm = false

  deps.upload.onUnwanted((part) => {
    const job = jobs.get(part)
    if (job !== undefined) end(job)
  })

  function begin(message: StageRecord): void {
    for (const other of [...jobs.values()]) if (other.message.key === message.key) end(other)
    const job: Job = {
      message,
      recorder: null,
      chain: Promise.resolve(),
      timer: undefined,
      since_ms: performance.now(),
      release: () => undefined,
      ended: false,
    }
    jobs.set(message.recording, job)
    look(job)
  }

  /** Waits for something to come, then records it. */
  function look(job: Job): void {
    const tracks = ready(job)
    if (tracks === null) {
      job.timer = setTimeout(() => look(job), LOOK_MS)
      return
    }
    const picture = tracks.some((track) => track.kind === 'video')
    // A stream of its own: one to which tracks come or go would end the recording.
    const stream = new MediaStream(tracks)
    job.release = keepFlowing(stream)
    const recorder = create(stream, {
      mimeType: picture ? TYPE : SOUND_TYPE,
      audioBitsPerSecond: SOUND_BPS,
      ...(picture && { videoBitsPerSecond: PICTURE_BPS }),
    })
    job.recorder = recorder
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) job.chain = job.chain.then(async () => deps.upload.add(job.message.recording, await data.arrayBuffer()))
      if (deps.upload.waiting > WAITING_MAX) end(job)
    }
    recorder.onstop = recorder.onerror = () => close(job)
    recorder.start(SLICE_MS)
  }

  function ready(job: Job): MediaStreamTrack[] | null {
    const tracks = deps.streamOf(job.message.feed)?.getTracks().filter((track) => track.readyState === 'live') ?? []
    // A track that nothing comes by would keep the other out of the file for ever.
    const flowing = tracks.filter((track) => !track.muted)
    const both = flowing.some((track) => track.kind === 'audio') && flowing.some((track) => track.kind === 'video')
    if (flowing.length > 0 && !both && performance.now() - job.since_ms < PICTURE_MS) return null
    return flowing.length > 0 ? flowing : null
  }

  function end(job: Job): void {
    jobs.delete(job.message.recording)
    clearTimeout(job.timer)
    if (job.recorder !== null && job.recorder.state !== 'inactive') job.recorder.stop()
    else close(job)
  }

  function close(job: Job): void {
    if (job.ended) return
    job.ended = true
    jobs.delete(job.message.recording)
    job.release()
    job.chain = job.chain.then(() => deps.upload.finish(job.message.recording))
  }

  function stop(): void {
    for (const job of [...jobs.values()]) end(job)
  }

  return {
    told(message) {
      const job = jobs.get(message.recording)
      if (!message.on) {
        if (job !== undefined) end(job)
      } else if (job === undefined && !calm) begin(message)
    },
    onLineBack() {
      const doubtful = [...jobs.values()]
      setTimeout(() => {
        for (const job of doubtful) if (jobs.get(job.message.recording) === job) end(job)
      }, DOUBT_MS)
    },
    setCalm(now) {
      calm = now
      if (now) stop()
    },
    stop,
    get recording() {
      return [...jobs.keys()]
    },
  }
}

/** Browsers decode what comes from afar only while something plays it. */
function playedUnheard(stream: MediaStream): () => void {
  const element = new Audio()
  element.muted = true
  element.srcObject = stream
  void element.play().catch(() => undefined)
  return () => {
    element.pause()
    element.srcObject = null
  }
}
