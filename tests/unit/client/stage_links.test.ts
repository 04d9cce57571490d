import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createLinks, type Signal } from '../../../client/src/stage/links'
import { FakePeer, FakeStream, FakeTrack, soon } from './fake_peers'

const PLAN = { ice_servers: [{ urls: ['turn:relay'], username: 'u', credential: 'c' }], relay: true, picture_kbps: 300 }

function aPage() {
  const sent: Signal[] = []
  const known = { value: true }
  const onChange = vi.fn()
  const links = createLinks({
    send: (signal) => {
      sent.push(signal)
      return Promise.resolve(known.value)
    },
    onChange,
    createPeer: (config) => new FakePeer(config) as unknown as RTCPeerConnection,
  })
  links.plan(PLAN)
  return { links, sent, known, onChange }
}

const open = (link: string, way: 'send' | 'recv', feed = 'f') => ({ link, do: 'open' as const, way, feed })
const found = (link: string, candidate: string): Signal => ({ kind: 'candidate', link, candidate, mid: '0', line: 0 })
const track = (kind: 'audio' | 'video') => new FakeTrack(kind) as unknown as MediaStreamTrack
const peer = (at = 0) => FakePeer.all[at]!

beforeEach(() => {
  FakePeer.all = []
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('RTCRtpSender', { getCapabilities: () => ({ codecs: [] }) })
})

describe('a link that sends', () => {
  it('offers sound and picture one way, and takes the answer and what comes after it', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'send'))
    await soon()
    links.onSignal({ kind: 'answer', link: 'l', sdp: 'yes' })
    links.onSignal(found('l', 'a'))
    await soon()
    expect(sent).toEqual([{ kind: 'offer', link: 'l', sdp: 'offer 1' }])
    expect(peer().done).toEqual(['add audio sendonly', 'add video sendonly', 'local offer 1', 'remote yes', 'candidate a'])
  })

  it('keeps to the bitrates of the plan, by the way that the plan names', async () => {
    const { links } = aPage()
    links.onLink(open('l', 'send'))
    await soon()
    links.onSignal({ kind: 'answer', link: 'l', sdp: 'yes' })
    await soon()
    expect(peer().config).toMatchObject({ iceTransportPolicy: 'relay', iceServers: [{ urls: ['turn:relay'] }] })
    expect(peer().transceivers.map(({ sender }) => sender.parameters)).toEqual([
      { encodings: [{ maxBitrate: 32_000 }] },
      { encodings: [{ maxBitrate: 300_000 }], degradationPreference: 'balanced' },
    ])
  })

  it('carries nothing before it may, and then at once, without a new offer', async () => {
    const { links, sent } = aPage()
    const [audio, video] = [track('audio'), track('video')]
    links.carry({ audio: null, video: null }, true)
    links.onLink(open('l', 'send'))
    await soon()
    expect(peer().transceivers.map(({ sender }) => sender.track)).toEqual([null, null])
    links.carry({ audio, video }, true)
    expect(peer().transceivers.map(({ sender }) => sender.track)).toEqual([audio, video])
    links.carry({ audio: null, video: null }, true)
    expect(peer().transceivers.map(({ sender }) => sender.track)).toEqual([null, null])
    expect(sent.filter(({ kind }) => kind === 'offer')).toHaveLength(1)
  })

  it('has no room for a picture where only a voice is sent', async () => {
    const { links } = aPage()
    links.carry({ audio: track('audio'), video: null }, false)
    links.onLink(open('l', 'send'))
    await soon()
    expect(peer().done).toEqual(['add audio sendonly', 'local offer 1'])
  })

  it('insists on its own offer where both have offered at once', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'send'))
    await soon()
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'theirs' })
    await soon()
    expect(peer().done).not.toContain('remote theirs')
    links.onSignal({ kind: 'answer', link: 'l', sdp: 'yes' })
    await soon()
    expect(peer().done).toContain('remote yes')
    expect(sent).toHaveLength(1)
  })

  it('looks for another way when the one it had is lost, and not twice at once', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'send'))
    await soon()
    links.onSignal({ kind: 'answer', link: 'l', sdp: 'yes' })
    await soon()
    peer().becomes('failed')
    peer().becomes('failed')
    await soon()
    expect(sent.filter(({ kind }) => kind === 'offer')).toEqual([
      { kind: 'offer', link: 'l', sdp: 'offer 1' },
      { kind: 'offer', link: 'l', sdp: 'offer 2 anew' },
    ])
  })

  it('is over where the server knows nothing of it', async () => {
    const { links, known } = aPage()
    known.value = false
    links.onLink(open('l', 'send'))
    await soon()
    expect(peer().connectionState).toBe('closed')
    expect(links.sending().count).toBe(0)
  })
})

describe('a link that receives', () => {
  it('keeps what overtakes the description until that has come', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'recv'))
    links.onSignal(found('l', 'a'))
    links.onSignal(found('l', 'b'))
    await soon()
    expect(peer().done).toEqual([])
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'o' })
    links.onSignal(found('l', 'c'))
    await soon()
    expect(peer().done).toEqual(['remote o', 'candidate a', 'candidate b', 'local answer to o', 'candidate c'])
    expect(sent).toEqual([{ kind: 'answer', link: 'l', sdp: 'answer to o' }])
  })

  it('answers each further offer', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'recv'))
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'one' })
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'two' })
    await soon()
    expect(sent.map((signal) => 'sdp' in signal && signal.sdp)).toEqual(['answer to one', 'answer to two'])
  })

  it('says what it is, and when something of it has come', async () => {
    const { links } = aPage()
    links.onLink(open('l', 'recv', 'vera'))
    expect(links.incoming()).toMatchObject([{ link: 'l', feed: 'vera', flowing: false, old: false, broken: false }])
    const video = new FakeTrack('video')
    video.muted = true
    peer().arrives(new FakeTrack('audio'))
    peer().arrives(video)
    expect(links.incoming()[0]!.flowing).toBe(false)
    video.muted = false
    expect(links.incoming()[0]!.flowing).toBe(true)
  })

  it('carries somebody else once it is moved, with nothing said to the other end', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'recv', 'vera'))
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'o' })
    await soon()
    links.onLink({ link: 'l', do: 'move', way: 'recv', feed: 'bruno' })
    expect(links.incoming()).toMatchObject([{ link: 'l', feed: 'bruno' }])
    expect(sent).toHaveLength(1)
    expect(FakePeer.all).toHaveLength(1)
  })

  it('wants no picture where none is wanted', async () => {
    const { links } = aPage()
    links.wantPictures(false)
    links.onLink(open('l', 'recv'))
    peer().addTransceiver('audio', { direction: 'recvonly' })
    peer().addTransceiver('video', { direction: 'recvonly' })
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'o' })
    await soon()
    expect(peer().transceivers.map(({ direction }) => direction)).toEqual(['recvonly', 'inactive'])
  })

  it('ends when it is closed, and hears no more of it', async () => {
    const { links, sent } = aPage()
    links.onLink(open('l', 'recv'))
    links.onLink({ link: 'l', do: 'close', way: 'recv', feed: 'f' })
    links.onSignal({ kind: 'offer', link: 'l', sdp: 'o' })
    await soon()
    expect(peer().done).toEqual(['close'])
    expect(links.incoming()).toEqual([])
    expect(sent).toEqual([])
  })
})

describe('a line that was lost and is back', () => {
  it('leaves all that was running until something new has come, and says nothing of it any more', async () => {
    const { links, sent } = aPage()
    links.onLink(open('in', 'recv', 'vera'))
    links.onLink(open('out', 'send', 'own'))
    await soon()
    const before = sent.length
    links.age()
    peer(1).onicecandidate?.({ candidate: { candidate: 'x', sdpMid: '0', sdpMLineIndex: 0 } })
    await soon()
    expect(sent).toHaveLength(before)
    expect(FakePeer.all.map(({ connectionState }) => connectionState)).toEqual(['new', 'new'])
    expect(links.incoming()).toMatchObject([{ link: 'in', old: true }])
    expect(links.sending().count).toBe(0)
    links.closeOldSending()
    expect(FakePeer.all.map(({ connectionState }) => connectionState)).toEqual(['new', 'closed'])
  })
})

it('tells how its links fare', async () => {
  const { links } = aPage()
  links.onLink(open('l', 'recv'))
  expect(await links.stats()).toEqual([{ link: 'l', way: 'recv', framesDecoded: 7, framesSent: 0, packetsLost: 1, bytes: 900 }])
})
