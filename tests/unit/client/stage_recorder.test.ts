import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRecorder, SOUND_TYPE, TYPE } from '../../../client/src/stage/recorder.ts'
import type { StageRecord } from '../../../client/src/wire.ts'

class Track {
  readyState = 'live'
  constructor(
    readonly kind: 'audio' | 'video',
    public muted = false,
  ) {}
}

class Stream {
  constructor(readonly tracks: Track[]) {}
  getTracks(): Track[] {
    return this.tracks
  }
}

class Tape {
  static made: Tape[] = []
  state = 'inactive'
  ondataavailable: ((event: { data: Blob }) => void) | null = null
  onstop: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor(
    readonly stream: Stream,
    readonly options: MediaRecorderOptions,
  ) {
    Tape.made.push(this)
  }
  start(): void {
    this.state = 'recording'
  }
  say(words: string): void {
    this.ondataavailable?.({ data: new Blob([words]) })
  }
  /** As browsers do: the last words come, and then the end. */
  stop(): void {
    this.state = 'inactive'
    queueMicrotask(() => {
      this.say('|')
      this.onstop?.()
    })
  }
}

function aPage() {
  const streams = new Map<string, Stream>()
  const sent: string[] = []
  let unwanted: (part: string) => void = () => undefined
  const upload = {
    waiting: 0,
    add: (part: string, bytes: ArrayBuffer) => void sent.push(`${part} ${new TextDecoder().decode(bytes)}`),
    finish: (part: string) => void sent.push(`${part} end`),
    onUnwanted: (listener: (part: string) => void) => void (unwanted = listener),
  }
  const flowing: Stream[] = []
  const recorder = createRecorder({
    streamOf: (feed) => (streams.get(feed) ?? null) as unknown as MediaStream | null,
    upload,
    create: (stream, options) => new Tape(stream as unknown as Stream, options) as unknown as MediaRecorder,
    keepFlowing: (stream) => {
      flowing.push(stream as unknown as Stream)
      return () => void flowing.pop()
    },
  })
  return { streams, sent, upload, recorder, flowing, refuse: (part: string) => unwanted(part) }
}

const on = (recording = 'a-1', feed = 'feed', key = 'ask'): StageRecord => ({ recording, key, feed, on: true })
const off = (recording = 'a-1'): StageRecord => ({ ...on(recording), on: false })
const both = () => new Stream([new Track('audio'), new Track('video')])
const words = () => vi.advanceTimersByTimeAsync(1)

beforeEach(() => {
  vi.useFakeTimers()
  Tape.made = []
  vi.stubGlobal('MediaStream', Stream)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a page that records', () => {
  test('records what it is told to, and ends with the last words', async () => {
    const { streams, sent, recorder, flowing } = aPage()
    streams.set('feed', both())
    recorder.told(on())
    recorder.told(on())
    expect(Tape.made.map((tape) => [tape.options.mimeType, tape.state])).toEqual([[TYPE, 'recording']])
    expect(flowing.length).toBe(1)
    Tape.made[0]?.say('one')
    Tape.made[0]?.say('two')
    recorder.told(off())
    await words()
    expect(sent).toEqual(['a-1 one', 'a-1 two', 'a-1 |', 'a-1 end'])
    expect([recorder.recording, flowing]).toEqual([[], []])
  })

  test('waits for the stream, and for the picture a moment', async () => {
    const { streams, recorder } = aPage()
    recorder.told(on())
    await vi.advanceTimersByTimeAsync(5000)
    expect(Tape.made).toEqual([])
    const stream = both()
    const [, picture] = stream.tracks
    if (picture !== undefined) picture.muted = true
    streams.set('feed', stream)
    await vi.advanceTimersByTimeAsync(100)
    expect(Tape.made[0]?.options.mimeType).toBe(SOUND_TYPE)
  })

  test('takes the picture too when it comes in time', async () => {
    const { streams, recorder } = aPage()
    const stream = both()
    const [, picture] = stream.tracks
    if (picture !== undefined) picture.muted = true
    streams.set('feed', stream)
    recorder.told(on())
    await vi.advanceTimersByTimeAsync(500)
    expect(Tape.made).toEqual([])
    if (picture !== undefined) picture.muted = false
    await vi.advanceTimersByTimeAsync(100)
    expect(Tape.made[0]?.options.mimeType).toBe(TYPE)
  })

  test('that is called off before anything came sends only its end', async () => {
    const { sent, recorder } = aPage()
    recorder.told(on())
    recorder.told(off())
    await words()
    expect([sent, Tape.made]).toEqual([['a-1 end'], []])
  })

  test('ends the earlier part of the same person when it is told a further one', async () => {
    const { streams, sent, recorder } = aPage()
    streams.set('feed', both())
    recorder.told(on('a-1'))
    recorder.told(on('a-2'))
    await words()
    expect(recorder.recording).toEqual(['a-2'])
    expect(sent).toEqual(['a-1 |', 'a-1 end'])
  })

  test('stops in a silence, and begins nothing in it', async () => {
    const { streams, recorder } = aPage()
    streams.set('feed', both())
    recorder.told(on('a-1'))
    recorder.setCalm(true)
    recorder.told(on('b-1', 'feed', 'other'))
    await words()
    expect([recorder.recording, Tape.made.map((tape) => tape.state)]).toEqual([[], ['inactive']])
  })

  test('goes on over a lost line until it is told otherwise, or nothing at all', async () => {
    const { streams, recorder } = aPage()
    streams.set('feed', both())
    recorder.told(on('a-1'))
    recorder.onLineBack()
    await vi.advanceTimersByTimeAsync(3000)
    expect(recorder.recording).toEqual(['a-1'])
    recorder.told(on('a-2'))
    await vi.advanceTimersByTimeAsync(9000)
    expect(recorder.recording).toEqual(['a-2'])
    recorder.onLineBack()
    await vi.advanceTimersByTimeAsync(9000)
    expect(recorder.recording).toEqual([])
  })

  test('stops when nobody wants it any more, or too much waits', async () => {
    const page = aPage()
    page.streams.set('feed', both())
    page.recorder.told(on('a-1'))
    page.refuse('a-1')
    expect(page.recorder.recording).toEqual([])
    page.recorder.told(on('b-1'))
    page.upload.waiting = 1e9
    Tape.made[1]?.say('more')
    expect(page.recorder.recording).toEqual([])
    await words()
  })

  test('of which all tracks have ended sends its end by itself', async () => {
    const { streams, sent, recorder } = aPage()
    streams.set('feed', both())
    recorder.told(on())
    Tape.made[0]?.stop()
    await words()
    expect([sent, recorder.recording]).toEqual([['a-1 |', 'a-1 end'], []])
  })
})
