import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOnstage } from '../../../client/src/stage/onstage'
import type { OnStage, StageGrant, StageJoined, StageShown } from '../../../client/src/wire'
import { FakePeer, FakeStream, FakeTrack, soon } from './fake_peers'

const VERA: OnStage = {
  key: 'entry', kind: 'speaker', feed: null, picture: true, sound: true, name: 'Vera', community: '', country: null, via: 'self',
}

const grant = (level: StageGrant['level'], key = 'entry'): StageGrant => ({ level, key: level === null ? '' : key, recorded: false })

/** A page with a camera and a microphone, and a server that says yes to all. */
function aPage(engine: StageShown['engine'] = 'mesh') {
  let version = 1
  let feeds = 0
  const asked: [string, unknown][] = []
  const answers: Record<string, (() => unknown) | undefined> = { stage_publish: () => ({ ok: true, feed: `own-${++feeds}` }) }
  const heard: string[][] = []
  const tracks: FakeTrack[] = []
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const shown = (...people: OnStage[]): StageShown => ({ version: version++, engine, people, recording: false, stream: '' })
  const core = createOnstage({
    ask: <T>(event: string, message: object) => {
      asked.push([event, message])
      const answer = answers[event]
      return Promise.resolve((answer === undefined ? { ok: true } : answer()) as T)
    },
    watchAnew: () => void asked.push(['watch anew', {}]),
    kept: storage,
    storage,
    createPeer: (config) => new FakePeer(config) as unknown as RTCPeerConnection,
    media: {
      getUserMedia: (wanted: { video?: object }) => {
        const made = [...(wanted.video ? [new FakeTrack('video')] : []), new FakeTrack('audio')]
        tracks.push(...made)
        return Promise.resolve(new FakeStream(made))
      },
    } as unknown as MediaDevices,
    voices: { play: (all) => void heard.push([...all.keys()]), setMuted: () => undefined, blocked: false, prime: () => undefined },
  })
  const joined = (level: StageGrant['level'] = null, ...people: OnStage[]): StageJoined => ({
    ok: true, shown: shown(...people), grant: grant(level), ice_servers: [], relay: false, picture_kbps: 300,
  })
  const published = () => asked.filter(([event]) => event === 'stage_publish').map(([, message]) => message)
  const listens = () => heard.at(-1)
  return { core, asked, answers, tracks, shown, joined, published, listens }
}

const own = (feed: string | null): OnStage => ({ ...VERA, feed })
const carried = (peer: FakePeer) => peer.transceivers.map(({ sender }) => sender.track)

async function arrives(page: ReturnType<typeof aPage>, link: string, feed: string): Promise<FakePeer> {
  page.core.onLink({ link, do: 'open', way: 'recv', feed })
  const peer = FakePeer.all.at(-1)!
  peer.arrives(new FakeTrack('audio'))
  peer.arrives(new FakeTrack('video'))
  await soon()
  return peer
}

beforeEach(() => {
  FakePeer.all = []
  vi.useFakeTimers()
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('AudioContext', undefined)
  vi.stubGlobal('RTCRtpSender', { getCapabilities: () => ({ codecs: [] }) })
  vi.stubGlobal('navigator', { permissions: { query: () => Promise.resolve({ state: 'granted' }) } })
})
afterEach(() => vi.useRealTimers())

describe('whoever is on the stage', () => {
  it('is drawn and heard by the link of their feed, once', async () => {
    const page = aPage()
    page.core.onJoined(page.joined(null, own('f')))
    await arrives(page, 'l', 'f')
    expect(page.core.state.people[0]!.stream).not.toBeNull()
    expect(page.listens()).toEqual(['l'])
  })

  it('is not drawn and not heard before they are on it', async () => {
    const page = aPage()
    page.core.onJoined(page.joined())
    await arrives(page, 'l', 'f')
    expect(page.core.state.people).toEqual([])
    expect(page.listens()).toEqual([])
  })

  it('goes on over a lost line until the new link plays', async () => {
    const page = aPage()
    page.core.onJoined(page.joined(null, own('f')))
    const old = await arrives(page, 'old', 'f')
    const before = page.core.state.people[0]!.stream
    page.core.onLineBack()
    page.core.onJoined(page.joined(null, { ...own(null), picture: false, sound: false }))
    await soon()
    expect(page.core.state.people[0]!.stream).toBe(before)
    page.core.onShown(page.shown(own('g')))
    page.core.onLink({ link: 'new', do: 'open', way: 'recv', feed: 'g' })
    await soon()
    expect(page.core.state.people[0]!.stream).toBe(before)
    expect(page.listens()).toEqual(['old'])
    FakePeer.all.at(-1)!.arrives(new FakeTrack('audio'))
    FakePeer.all.at(-1)!.arrives(new FakeTrack('video'))
    await soon()
    expect(page.listens()).toEqual(['new'])
    expect(page.core.state.people[0]!.stream).not.toBe(before)
    expect(old.connectionState).toBe('closed')
  })

  it('goes on for twenty seconds at the most, and not for somebody who is gone', async () => {
    const page = aPage()
    page.core.onJoined(page.joined(null, own('f')))
    const first = await arrives(page, 'old', 'f')
    page.core.onLineBack()
    page.core.onJoined(page.joined(null, own(null)))
    await vi.advanceTimersByTimeAsync(19_000)
    expect(first.connectionState).toBe('new')
    await vi.advanceTimersByTimeAsync(1500)
    expect(first.connectionState).toBe('closed')
    const second = await arrives(page, 'two', 'f')
    page.core.onShown(page.shown(own('f')))
    await soon()
    page.core.onLineBack()
    page.core.onJoined(page.joined())
    await soon()
    expect(second.connectionState).toBe('closed')
  })

  it('is asked for anew where a link has broken', async () => {
    const page = aPage()
    page.core.onJoined(page.joined(null, own('f')))
    const peer = await arrives(page, 'l', 'f')
    peer.becomes('failed')
    await soon()
    expect(page.core.state.people[0]!.stream).toBeNull()
    await vi.advanceTimersByTimeAsync(5000)
    expect(page.asked).toContainEqual(['watch anew', {}])
  })
})

describe('one who speaks', () => {
  async function onDeck(engine: StageShown['engine'] = 'mesh') {
    const page = aPage(engine)
    page.core.onJoined(page.joined('on_deck'))
    await page.core.open()
    await soon()
    page.core.onLink({ link: 'out', do: 'open', way: 'send', feed: 'own-1' })
    await soon()
    return { ...page, peer: FakePeer.all[0]! }
  }

  it('sends nothing to another page while on deck, and all of it once called', async () => {
    const { core, peer, tracks, published, shown } = await onDeck()
    core.setWilling(true)
    await soon()
    expect(published()).toEqual([{ picture: true, sound: true }])
    expect(carried(peer)).toEqual([null, null])
    core.onGrant(grant('on_stage'))
    core.onShown(shown(own('own-1')))
    await soon()
    expect(carried(peer)).toEqual([tracks[1], tracks[0]])
    expect(core.state.sends).toBe('live')
  })

  it('sends to a media server while on deck, but never before having said yes', async () => {
    const { core, peer, tracks } = await onDeck('janus')
    expect(carried(peer)).toEqual([null, null])
    core.setWilling(true)
    await soon()
    expect(carried(peer)).toEqual([tracks[1], tracks[0]])
  })

  it('is not unmuted from afar', async () => {
    const { core, peer, shown } = await onDeck()
    core.onGrant(grant('on_stage'))
    core.onShown(shown(own('own-1')))
    await soon()
    expect(carried(peer)).toEqual([null, null])
    expect(core.state.sends).toBe('unseen')
  })

  it('is cut off at once when the floor is taken, and the devices close soon after', async () => {
    const { core, peer, tracks } = await onDeck()
    core.setWilling(true)
    core.onGrant(grant('on_stage'))
    await soon()
    core.onGrant(grant(null))
    await soon()
    expect(peer.connectionState).toBe('closed')
    expect(core.state.sends).toBe('no')
    await vi.advanceTimersByTimeAsync(6000)
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended'])
  })

  it('falls silent by the timeline, whatever the server says, and comes back by itself', async () => {
    const { core, peer, tracks, published } = await onDeck()
    core.setWilling(true)
    core.onGrant(grant('on_stage'))
    await soon()
    core.setCalm(true)
    expect(carried(peer)).toEqual([null, null])
    expect(peer.connectionState).toBe('closed')
    await soon()
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended'])
    core.onGrant(grant(null))
    await vi.advanceTimersByTimeAsync(60_000)
    core.setCalm(false)
    core.onGrant(grant('on_stage'))
    await soon()
    expect(published()).toHaveLength(2)
    expect(core.state.willing).toBe(true)
  })

  it('gives way to another page of the same person, and does not take the place back', async () => {
    const { core, tracks, published, shown } = await onDeck()
    core.setWilling(true)
    core.onGrant(grant('on_stage'))
    core.onShown(shown(own('another')))
    await soon()
    expect(core.state.elsewhere).toBe(true)
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended'])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(published()).toHaveLength(1)
  })

  it('is not put off by an earlier feed of its own', async () => {
    const { core, published, shown } = await onDeck()
    core.setWilling(true)
    core.onGrant(grant('on_stage'))
    core.onShown(shown(own('own-1')))
    await soon()
    await core.devices.setVoiceOnly(true)
    await soon()
    expect(published().at(-1)).toEqual({ picture: false, sound: true })
    expect(core.state.elsewhere).toBe(false)
    core.onShown(shown({ ...own('own-2'), picture: false }))
    await soon()
    expect(core.state.sends).toBe('live')
  })

  it('asks again where no answer came, and does not take its own picture for that of another page', async () => {
    const { core, answers, published, shown } = await onDeck()
    core.setWilling(true)
    await soon()
    answers['stage_publish'] = () => null
    core.onLineBack()
    core.onGrant(grant('on_stage'))
    core.onJoined({ ...aPage().joined('on_stage') })
    await soon()
    core.onShown({ ...shown(own('heard-all-the-same')), version: 99 })
    await soon()
    expect(core.state.elsewhere).toBe(false)
    answers['stage_publish'] = () => ({ ok: true, feed: 'own-9' })
    await vi.advanceTimersByTimeAsync(1100)
    expect(published()).toHaveLength(3)
  })

  it('does not insist where it was refused', async () => {
    const page = aPage()
    page.answers['stage_publish'] = () => ({ ok: false, code: 'stage.not_now', message: '', facts: {} })
    page.core.onJoined(page.joined('on_deck'))
    await page.core.open()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(page.published()).toHaveLength(1)
    expect(page.core.state.refused?.code).toBe('stage.not_now')
  })

  it('says again what nobody could pass on, and gives up a link that is not known', async () => {
    const { core, asked, answers } = await onDeck()
    const said = (link: string) => asked.filter(([event, message]) => event === 'stage_signal' && (message as { link: string }).link === link).length
    answers['stage_signal'] = () => ({ ok: false, code: 'stage.unavailable' })
    core.onLink({ link: 'a', do: 'open', way: 'send', feed: 'f1' })
    await vi.advanceTimersByTimeAsync(700)
    expect(said('a')).toBeGreaterThan(1)
    expect(core.links.sending().count).toBe(2)
    answers['stage_signal'] = () => ({ ok: false, code: 'stage.unknown_link' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(core.links.sending().count).toBe(1)
  })

  it('sends anew what the media server has lost, once the grant is said again', async () => {
    const { core, published } = await onDeck('janus')
    core.onGrant(grant('on_deck'))
    await soon()
    expect(published()).toHaveLength(2)
  })

  it('hears nothing of itself', async () => {
    const page = aPage()
    page.core.onJoined(page.joined('on_stage', own('f')))
    await arrives(page, 'l', 'f')
    expect(page.listens()).toEqual([])
  })
})
