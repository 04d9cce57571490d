/** The player on a page of fakes: what it asks the network for and when, what people see when it fails, and what stays of it. */
import { beforeEach, describe, expect, test } from 'vitest'
import { createPlayer, type Media, type Player, type PlayerState, type Source, type View } from '../../../client/src/player'
import * as captioning from '../../../client/src/players/captions'
import * as frames from '../../../client/src/players/embed'
import { createLearned } from '../../../client/src/players/learned'
import { FakeElement, FakePage, FakeTimers, settled } from './players/fakes'

const OWN = 'https://ceremony.example/media/governor.mp4'
const SECOND = 'https://ceremony.example/media/governor-2.mp4'
const ELSEWHERE = 'https://museum.example/governor.mp4'
const YOUTUBE: Source = {
  provider: 'youtube',
  id: 'dQw4w9WgXcQ',
  url: 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?enablejsapi=1',
}
const CAPTIONS = 'WEBVTT\n\n00:01.000 --> 00:04.000\nEighty-three years ago.\n\n00:04.000 --> 09:00.000\nFireworks.\n'
const RUSSIAN = 'WEBVTT\n\n00:01.000 --> 09:00.000\nСалют.\n'

const file = (url: string): Source => ({ provider: 'file', id: '', url })

function media(changes: Partial<Media> = {}): Media {
  return {
    sources: [file(OWN), file(SECOND)],
    still: '/media/still.jpg',
    captions: [],
    duration_s: 240,
    fallback_text: 'The words are on this page.',
    live: false,
    volume: 1,
    ...changes,
  }
}

let timers: FakeTimers
let page: FakePage
let mount: FakeElement
let player: Player
let states: PlayerState[]
let start_ms: number
let held: boolean
let captionFiles: Record<string, string>

beforeEach(() => {
  timers = new FakeTimers()
  page = new FakePage(timers)
  mount = new FakeElement(page, 'section')
  states = []
  start_ms = 0
  held = false
  captionFiles = {}
  player = createPlayer(mount as unknown as HTMLElement, {
    timers,
    onState: (state) => states.push(state),
    learned: createLearned(null, page.baseURI),
    loadFrames: () => Promise.resolve(frames),
    loadCaptioning: () => Promise.resolve(captioning),
    fetchText: (url) => {
      page.requests.push(url)
      const text = captionFiles[url]
      return text === undefined ? Promise.reject(new Error('404')) : Promise.resolve(text)
    },
  })
})

function view(changes: Partial<View> = {}): View {
  return {
    positionAt: () => ({ position_ms: timers.now() - start_ms, playing: !held }),
    clock_ms: () => timers.now(),
    language: 'en',
    muted: false,
    videoWanted: true,
    ...changes,
  }
}

const part = (name: string) => mount.find(`player-${name}`)
const pictured = () => mount.find('player')?.dataset['picture'] === 'yes'
const words = () => [part('fallback')!.textContent, part('caption')!.textContent]

describe('on the instant', () => {
  test('the page asks for nothing before it is told what to show', () => {
    timers.advance(10_000)
    expect(page.requests).toEqual([])
    expect(player.state()).toEqual({ picture: 'none', provider: null, soundBlocked: false, delay_s: null })
  })

  test('a file of our own is fetched ahead and starts with the clock, behind the still until then', () => {
    start_ms = 5_000
    player.show(media(), view())
    timers.advance(4_800)
    expect(page.requests).toEqual(['/media/still.jpg', OWN])
    expect([pictured(), page.video.paused]).toEqual([false, true])
    timers.advance(10_000)
    expect(pictured()).toBe(true)
    expect(Math.abs(player.error_ms()!)).toBeLessThan(100)
  })

  test.each([
    ['a file', file(ELSEWHERE), ELSEWHERE],
    ['a frame', YOUTUBE, `${YOUTUBE.url}&origin=https%3A%2F%2Fceremony.example&cc_load_policy=1&cc_lang_pref=en&hl=en`],
  ])('%s of another site is asked for only when its item starts', async (_what, source, url) => {
    start_ms = 5_000
    player.show(media({ sources: [source], still: 'https://museum.example/still.jpg' }), view())
    await settled()
    timers.advance(4_999)
    expect(page.requests).toEqual([])
    timers.advance(300)
    expect(page.requests).toEqual(['https://museum.example/still.jpg', url])
  })

  test('a hold stops the picture; afterwards it goes on where it was', () => {
    player.show(media(), view())
    timers.advance(10_000)
    held = true
    const stopped_ms = timers.now()
    const position = { position_ms: stopped_ms - start_ms, playing: false }
    player.show(media(), view({ positionAt: () => position }))
    timers.advance(30_000)
    expect([page.video.paused, pictured()]).toEqual([true, true])
    held = false
    start_ms += timers.now() - stopped_ms
    player.show(media(), view())
    timers.advance(5_000)
    expect(page.video.paused).toBe(false)
    expect(Math.abs(player.error_ms()!)).toBeLessThan(100)
    expect(page.video.loads).toBe(1)
  })

  test('an element whose quartz is fast stays within 0.1 s of the clock', () => {
    page.video.drift = 0.002
    player.show(media(), view())
    timers.advance(5_000)
    for (let second = 0; second < 200; second += 1) {
      timers.advance(1_000)
      expect(Math.abs(player.error_ms()!)).toBeLessThan(100)
    }
  })
})

describe('when something fails', () => {
  test('the second source takes over and nobody is told', () => {
    page.answers[OWN] = 'fails'
    player.show(media(), view())
    timers.advance(3_000)
    expect(page.requests).toEqual(['/media/still.jpg', OWN, SECOND])
    expect([pictured(), ...words()]).toEqual([true, '', ''])
  })

  test('after six seconds without picture the still and its text are shown; a later picture takes them away', () => {
    page.answers[OWN] = 'silent'
    page.answers[SECOND] = 'silent'
    player.show(media(), view())
    timers.advance(5_900)
    expect([pictured(), words()[0]]).toEqual([false, ''])
    timers.advance(200)
    expect([pictured(), words()[0]]).toEqual([false, 'The words are on this page.'])
    page.answers[OWN] = 'plays'
    timers.advance(20_000)
    expect([pictured(), words()[0]]).toEqual([true, ''])
    expect(Math.abs(player.error_ms()!)).toBeLessThan(100)
  })

  test('a picture that stands still makes way', () => {
    player.show(media(), view())
    timers.advance(10_000)
    page.video.starve()
    timers.advance(5_000)
    expect(page.requests.at(-1)).toBe(OWN)
    timers.advance(4_000)
    expect(page.requests.at(-1)).toBe(SECOND)
    expect(pictured()).toBe(true)
  })

  test('a frame that is none of the provider’s is never built', async () => {
    player.show(media({ sources: [{ ...YOUTUBE, url: 'https://evil.example/embed/x' }, file(OWN)] }), view())
    await settled()
    timers.advance(3_000)
    expect(page.requests).toEqual(['/media/still.jpg', OWN])
    expect(pictured()).toBe(true)
  })

  test('a frame that says nothing makes way for the file, and is taken off the page', async () => {
    player.show(media({ sources: [YOUTUBE, file(OWN)] }), view())
    await settled()
    timers.advance(1_000)
    const frame = part('frame')!
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin allow-presentation')
    timers.advance(7_000)
    expect([part('frame'), pictured()]).toEqual([undefined, true])
  })

  test('captions that cannot be had leave the picture alone', async () => {
    player.show(media({ captions: [{ lang: 'en', url: '/media/none.vtt' }] }), view())
    await settled()
    timers.advance(5_000)
    expect([pictured(), ...words()]).toEqual([true, '', ''])
  })
})

describe('a frame of another site', () => {
  const origin = 'https://www.youtube-nocookie.com'
  const window = () => part('frame')!.contentWindow!
  const say = (message: unknown, from: object = window(), at = origin) =>
    page.defaultView.tell('message', { source: from, origin: at, data: JSON.stringify(message) })
  const commands = () =>
    window()
      .posted.map(({ message }) => JSON.parse(message as string) as { event: string; func?: string; args?: unknown[] })
      .filter((message) => message.event === 'command')

  beforeEach(async () => {
    player.show(media({ sources: [YOUTUBE] }), view({ title: 'The governor' }))
    await settled()
    timers.advance(1_000)
  })

  test('is greeted until it answers, and told nothing before', () => {
    expect(window().posted.map(({ message }) => JSON.parse(message as string) as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({ id: 1, channel: 'widget', event: 'listening' })),
    )
    say({ event: 'onReady' })
    timers.advance(2_000)
    expect(window().posted.filter(({ message }) => (message as string).includes('listening')).length).toBe(3)
    expect(commands().map(({ func }) => func)).toContain('playVideo')
    expect(new Set(window().posted.slice(3).map((one) => one.origin))).toEqual(new Set([origin]))
  })

  test('is believed only in its own name', () => {
    say({ event: 'onReady' }, {}, origin)
    say({ event: 'onReady' }, window(), 'https://evil.example')
    timers.advance(1_000)
    expect(commands()).toEqual([])
  })

  test('is put where the clock is, shown when it moves, and dropped when it fails', () => {
    timers.advance(2_000)
    say({ event: 'onReady' })
    timers.advance(250)
    const seek = commands().find(({ func }) => func === 'seekTo')!
    expect(seek.args![0]).toBeGreaterThan(3)
    expect(pictured()).toBe(false)
    for (let position_s = 4; position_s < 6; position_s += 0.25) {
      say({ event: 'infoDelivery', info: { currentTime: position_s, playerState: 1 } })
      timers.advance(250)
    }
    expect(pictured()).toBe(true)
    expect(part('frame')!.title).toBe('The governor')
    say({ event: 'onError', info: 150 })
    timers.advance(250)
    expect([part('frame'), pictured(), words()[0]]).toEqual([undefined, false, 'The words are on this page.'])
  })

  test('that may not sound starts without, and sounds after a press', () => {
    say({ event: 'onReady' })
    timers.advance(3_500)
    expect(player.state().soundBlocked).toBe(true)
    expect(commands().map(({ func }) => func)).toContain('mute')
    player.prime()
    expect(player.state().soundBlocked).toBe(false)
    expect(commands().at(-1)!.func).toBe('unMute')
  })
})

describe('sound', () => {
  test('a browser that wants a press first plays silently, says so, and sounds after it', async () => {
    page.pressed = false
    player.show(media(), view())
    timers.advance(2_000)
    await settled()
    expect([page.video.muted, page.video.paused, player.state().soundBlocked]).toEqual([true, false, true])
    page.pressed = true
    player.prime()
    await settled()
    expect([page.video.muted, page.video.paused, player.state().soundBlocked]).toEqual([false, false, false])
  })

  test('the press that enters readies the one element that is used ever after', async () => {
    player.prime()
    await settled()
    expect([page.video.plays, page.video.paused]).toEqual([1, true])
    const { video } = page
    player.show(media(), view())
    timers.advance(3_000)
    player.show(media({ sources: [file(SECOND)] }), view())
    timers.advance(3_000)
    expect(page.video).toBe(video)
    expect(video.src).toBe(SECOND)
  })

  test('without video, the still is shown, files go on sounding, and no frame is loaded', () => {
    player.show(media({ sources: [YOUTUBE, file(OWN)] }), view({ videoWanted: false }))
    timers.advance(5_000)
    expect(page.requests).toEqual(['/media/still.jpg', OWN])
    expect([pictured(), page.video.paused, words()[0]]).toEqual([false, false, ''])
  })

  test('without video, an item that only another site has is told in words', () => {
    player.show(media({ sources: [YOUTUBE] }), view({ videoWanted: false }))
    timers.advance(250)
    expect([page.requests, words()[0]]).toEqual([['/media/still.jpg'], 'The words are on this page.'])
  })

  test('the same media shown again takes the new view and loads nothing', () => {
    player.show(media(), view())
    timers.advance(3_000)
    player.show(media(), view({ muted: true, videoWanted: false }))
    expect([page.video.muted, page.video.loads, pictured(), page.video.paused]).toEqual([true, 1, false, false])
    player.show(media(), view())
    expect([page.video.muted, page.video.loads, pictured()]).toEqual([false, 1, true])
  })
})

describe('captions', () => {
  beforeEach(() => {
    captionFiles = { '/media/a.en.vtt': CAPTIONS, '/media/a.ru.vtt': RUSSIAN }
  })
  const captions = ['en', 'ru'].map((lang) => ({ lang, url: `/media/a.${lang}.vtt` }))

  test('follow the clock in the person’s language, which may be changed', async () => {
    player.show(media({ captions }), view())
    await settled()
    timers.advance(2_000)
    expect([words()[1], part('caption')!.lang, part('caption')!.hidden]).toEqual(['Eighty-three years ago.', 'en', false])
    timers.advance(3_000)
    expect(words()[1]).toBe('Fireworks.')
    player.show(media({ captions }), view({ language: 'ru' }))
    await settled()
    expect([words()[1], part('caption')!.lang]).toEqual(['Салют.', 'ru'])
  })

  test('go on when there is no picture at all', async () => {
    page.answers[OWN] = 'fails'
    player.show(media({ sources: [file(OWN)], captions }), view())
    await settled()
    timers.advance(2_000)
    expect(words()).toEqual(['The words are on this page.', 'Eighty-three years ago.'])
  })
})

describe('the end', () => {
  test('a picture that is over gives way to the still', () => {
    player.show(media({ duration_s: 20 }), view())
    timers.advance(10_000)
    expect(pictured()).toBe(true)
    timers.advance(11_000)
    expect([pictured(), player.state().picture, page.video.src, words()[0]]).toEqual([false, 'ended', '', ''])
  })

  test('who comes after the end is shown the still, and no film is fetched', () => {
    start_ms = -30_000
    player.show(media({ duration_s: 20 }), view())
    timers.advance(1_000)
    expect([page.requests, player.state().picture]).toEqual([['/media/still.jpg'], 'ended'])
  })

  test('a file shorter than its item leaves the still behind', () => {
    player.show(media(), view())
    timers.advance(10_000)
    page.video.tell('ended')
    timers.advance(20_000)
    expect([pictured(), player.state().picture]).toEqual([false, 'ended'])
  })

  test('of an item without a stated length is the end of its film, and the film is not begun again', () => {
    start_ms = -595_000
    player.show(media({ duration_s: null, sources: [file(OWN)] }), view())
    timers.advance(4_000)
    expect(pictured()).toBe(true)
    timers.advance(30_000)
    expect([pictured(), player.state().picture, page.video.src]).toEqual([false, 'ended', ''])
    expect(page.requests).toEqual(['/media/still.jpg', OWN])
  })

  test('stopping lets go of everything but the element', async () => {
    player.show(media({ sources: [YOUTUBE], captions: [] }), view())
    await settled()
    timers.advance(1_000)
    player.stop()
    const asked = page.requests.length
    timers.advance(60_000)
    expect([part('frame'), pictured(), page.requests.length, player.state().picture]).toEqual([
      undefined,
      false,
      asked,
      'none',
    ])
    expect(states.at(-1)!.picture).toBe('none')
    player.destroy()
    expect(mount.children).toEqual([])
  })
})

test('a live source has no place to keep: it plays, stops in a hold, and joins the present again', () => {
  player.show(media({ live: true, duration_s: null, sources: [file(OWN)] }), view())
  timers.advance(10_000)
  expect([pictured(), page.video.seeks, page.video.rates.filter((rate) => rate !== 1)]).toEqual([true, [], []])
  player.show(media({ live: true, duration_s: null, sources: [file(OWN)] }), view({ positionAt: () => ({ position_ms: 10_000, playing: false }) }))
  timers.advance(1_000)
  expect(page.video.paused).toBe(true)
  player.show(media({ live: true, duration_s: null, sources: [file(OWN)] }), view())
  timers.advance(1_000)
  expect(page.video.paused).toBe(false)
})

describe('a live stream that carries dates', () => {
  /** The stream's time began 100 s before the ceremony's clock, which in these tests starts at 0. */
  const BEGAN_MS = -100_000
  const STREAM = 'https://live.example/hall.m3u8'
  const live = (delay_s: number | null) =>
    media({ live: true, duration_s: null, sources: [{ provider: 'hls', id: '', url: STREAM, delay_s }] })
  const behind_s = () => (timers.now() - BEGAN_MS) / 1000 - page.video.currentTime

  beforeEach(() => {
    page.video.getStartDate = () => new Date(BEGAN_MS)
    page.video.drift = 0.0002
  })

  test('is shown at the delay of its source, on every page, whatever place it was joined at', () => {
    player.show(live(12), view())
    timers.advance(1_000)
    page.video.currentTime = 70
    timers.advance(40_000)
    for (let second = 0; second < 100; second += 1) {
      timers.advance(1_000)
      expect(Math.abs(behind_s() - 12)).toBeLessThan(0.1)
    }
    expect(Math.abs(player.error_ms()!)).toBeLessThan(100)
    expect(player.state().delay_s).toBe(12)
  })

  test('is left alone where nobody has said a delay, and tells its own', () => {
    player.show(live(null), view())
    timers.advance(1_000)
    page.video.currentTime = 90
    timers.advance(20_000)
    expect([page.video.seeks, page.video.rates.filter((rate) => rate !== 1)]).toEqual([[90], []])
    expect(player.state().delay_s).toBe(Math.round(behind_s()))
    expect(player.error_ms()).toBe(null)
  })

  test('is left alone where the moment cannot be had: more delay than it keeps', () => {
    page.video.seekable = { length: 1, start: () => 90, end: () => 600 }
    player.show(live(300), view())
    timers.advance(20_000)
    expect([page.video.paused, page.video.seeks]).toEqual([false, []])
  })

  test('waits in a hold, and afterwards shows the moment that everybody sees', () => {
    player.show(live(12), view())
    timers.advance(30_000)
    held = true
    timers.advance(10_000)
    expect(page.video.paused).toBe(true)
    held = false
    timers.advance(10_000)
    expect(Math.abs(behind_s() - 12)).toBeLessThan(0.1)
  })
})

test('a live picture without dates is as far behind as its organizer says', () => {
  player.show(media({ live: true, duration_s: null, sources: [{ ...file(OWN), delay_s: 20 }] }), view())
  timers.advance(5_000)
  expect([player.state().delay_s, page.video.seeks, player.error_ms()]).toEqual([20, [], null])
})

test('what is learned of one film is used for the next', () => {
  start_ms = 1_000
  page.video.startsAfter_ms = 250
  player.show(media(), view())
  timers.advance(20_000)
  start_ms = timers.now() + 2_000
  player.show(media({ sources: [file(SECOND)] }), view())
  timers.advance(2_600)
  expect(Math.abs(player.error_ms()!)).toBeLessThan(20)
})
