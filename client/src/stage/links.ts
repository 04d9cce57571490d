// The peer connections of one page: each carries one person's picture and sound one way, whoever stands at its other end.
// The server names them; what both ends tell each other goes through it.
import type { Answered, Found, IceServer, Offer, StageLink } from '../wire'

export type Signal = ({ kind: 'offer' } & Offer) | ({ kind: 'answer' } & Answered) | ({ kind: 'candidate' } & Found)

/** What a page sends; `null` where it has none, or where nothing of it may leave the page now. */
export interface Carried {
  audio: MediaStreamTrack | null
  video: MediaStreamTrack | null
}

export interface Plan {
  ice_servers: IceServer[]
  relay: boolean
  picture_kbps: number
}

/** Somebody's picture and sound as they come in. */
export interface Incoming {
  link: string
  feed: string
  stream: MediaStream
  /** Of a line that was lost: it plays on until its successor does. */
  old: boolean
  /** Something of it has arrived, the picture where one is sent. */
  flowing: boolean
  /** Nothing of it will come any more, though nobody has said so. */
  broken: boolean
}

export interface LinksOptions {
  /** False where the server knows no such link. */
  send: (signal: Signal) => Promise<boolean>
  onChange: () => void
  createPeer?: (config: RTCConfiguration) => RTCPeerConnection
}

export interface Links {
  /** For links opened from now on. */
  plan(next: Plan): void
  /** Whether pictures are wanted of others, on links opened from now on. */
  wantPictures: (wanted: boolean) => void
  onLink: (message: StageLink) => void
  onSignal: (signal: Signal) => void
  /** What links that send carry from now on; `picture` says whether new ones have room for one at all. */
  carry(tracks: Carried, picture: boolean): void
  incoming(): Incoming[]
  /** How many links send that the server knows, and whether one of them is connected. */
  sending(): { count: number; connected: boolean }
  /** The line was lost and is back: the server speaks of none of these any more. They go on until others do. */
  age(): void
  /** Ends those that send from before. */
  closeOldSending: () => void
  close(link: string): void
  closeSending(): void
  closeAll(): void
  stats(): Promise<LinkStats[]>
}

export interface LinkStats {
  link: string
  way: StageLink['way']
  framesDecoded: number
  framesSent: number
  packetsLost: number
  bytes: number
}

interface Peer {
  id: string
  way: StageLink['way']
  feed: string
  connection: RTCPeerConnection
  stream: MediaStream
  old: boolean
  closed: boolean
  /** What has come before its description, in order. */
  early: Found[]
  /** One thing after the other: descriptions that overtake each other are lost. */
  turn: Promise<void>
  offering: boolean
  restarted_ms: number
}

/** The sound of one voice, as much as Opus needs for it; bit/s. */
const SOUND_BPS = 32_000
const RESTART_MS = 5000
const NOTHING: Carried = { audio: null, video: null }

export function createLinks(options: LinksOptions): Links {
  const createPeer = options.createPeer ?? ((config) => new RTCPeerConnection(config))
  const peers = new Map<string, Peer>()
  let plan: Plan = { ice_servers: [], relay: false, picture_kbps: 300 }
  let carried = NOTHING
  let picture = true
  let wanted = true

  function open({ link, way, feed }: StageLink): void {
    if (peers.has(link)) return
    const connection = createPeer({
      iceServers: plan.ice_servers.map(({ urls, username, credential }) => ({ urls, username, credential })),
      iceTransportPolicy: plan.relay ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    })
    const peer: Peer = {
      id: link,
      way,
      feed,
      connection,
      stream: new MediaStream(),
      old: false,
      closed: false,
      early: [],
      turn: Promise.resolve(),
      offering: false,
      restarted_ms: -Infinity,
    }
    peers.set(link, peer)
    connection.onicecandidate = ({ candidate }) => {
      // Browsers only ever call by TCP, so that two of them never meet by it; a relay's own is of another type.
      if (candidate?.protocol === 'tcp' && candidate.type === 'host') return
      void tell(peer, {
        kind: 'candidate',
        link,
        candidate: candidate?.candidate ?? '',
        mid: candidate?.sdpMid ?? null,
        line: candidate?.sdpMLineIndex ?? null,
      })
    }
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') restart(peer)
      options.onChange()
    }
    connection.ontrack = ({ track }) => {
      for (const before of peer.stream.getTracks()) if (before.kind === track.kind && before !== track) peer.stream.removeTrack(before)
      peer.stream.addTrack(track)
      track.onunmute = options.onChange
      track.onmute = options.onChange
      options.onChange()
    }
    if (way === 'send') {
      addSenders(peer)
      inTurn(peer, () => offer(peer))
    }
    options.onChange()
  }

  function addSenders(peer: Peer): void {
    const stream = new MediaStream()
    for (const kind of picture ? (['audio', 'video'] as const) : (['audio'] as const)) {
      const maxBitrate = bitrate(kind)
      const transceiver = peer.connection.addTransceiver(carried[kind] ?? kind, {
        direction: 'sendonly',
        streams: [stream],
        sendEncodings: [{ maxBitrate }],
      })
      prefer(transceiver, kind)
    }
  }

  const bitrate = (kind: string) => (kind === 'video' ? plan.picture_kbps * 1000 : SOUND_BPS)

  /** Runs after all that this link was asked before. */
  function inTurn(peer: Peer, act: () => Promise<void>): void {
    peer.turn = peer.turn
      .then(() => (peer.closed ? undefined : act()))
      .catch((error: unknown) => {
        // A link that was closed meanwhile refuses whatever it was doing.
        if (!peer.closed) console.warn(error)
      })
  }

  async function offer(peer: Peer, iceRestart = false): Promise<void> {
    const { connection } = peer
    peer.offering = true
    try {
      await connection.setLocalDescription(await connection.createOffer({ iceRestart }))
    } finally {
      peer.offering = false
    }
    await tell(peer, { kind: 'offer', link: peer.id, sdp: connection.localDescription?.sdp ?? '' })
  }

  async function tell(peer: Peer, signal: Signal): Promise<void> {
    if (peer.closed || peer.old) return
    const known = await options.send(signal)
    if (!known) close(peer)
  }

  async function described(peer: Peer, signal: Extract<Signal, { sdp: string }>): Promise<void> {
    const { connection } = peer
    if (signal.kind === 'offer') {
      // Both may have offered at once (perfect negotiation): whoever receives gives way, whoever sends insists.
      const collides = peer.offering || connection.signalingState === 'have-local-offer'
      if (collides && peer.way === 'send') return
    } else if (connection.signalingState !== 'have-local-offer') {
      return
    }
    await connection.setRemoteDescription({ type: signal.kind, sdp: signal.sdp })
    const early = peer.early
    peer.early = []
    for (const one of early) await add(peer, one)
    if (signal.kind === 'offer') {
      if (!wanted) declinePictures(connection)
      await connection.setLocalDescription(await connection.createAnswer())
      await tell(peer, { kind: 'answer', link: peer.id, sdp: connection.localDescription?.sdp ?? '' })
    }
    await limit(peer)
  }

  async function found(peer: Peer, signal: Found): Promise<void> {
    // A media server's candidates overtake its description.
    if (peer.connection.remoteDescription === null) peer.early.push(signal)
    else await add(peer, signal)
  }

  async function add(peer: Peer, { candidate, mid, line }: Found): Promise<void> {
    try {
      // The end of them needs no telling: browsers differ in how they want it said.
      if (candidate !== '') await peer.connection.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: line })
    } catch {
      // One way that cannot be gone; there are others.
    }
  }

  /** Bitrates that were given before a description are forgotten by some browsers. */
  async function limit(peer: Peer): Promise<void> {
    if (peer.way !== 'send') return
    for (const { sender } of peer.connection.getTransceivers()) {
      try {
        const parameters = sender.getParameters()
        const kind = kindOf(peer, sender)
        for (const encoding of parameters.encodings) encoding.maxBitrate = bitrate(kind)
        if (kind === 'video') Object.assign(parameters, { degradationPreference: 'balanced' })
        await sender.setParameters(parameters)
      } catch {
        // Then it sends as it likes; the other end asks for less.
      }
    }
  }

  function declinePictures(connection: RTCPeerConnection): void {
    for (const one of connection.getTransceivers()) if (one.receiver.track.kind === 'video') one.direction = 'inactive'
  }

  function restart(peer: Peer): void {
    const now_ms = performance.now()
    if (peer.way !== 'send' || peer.old || now_ms - peer.restarted_ms < RESTART_MS) return
    peer.restarted_ms = now_ms
    inTurn(peer, () => offer(peer, true))
  }

  function close(peer: Peer): void {
    if (peer.closed) return
    peer.closed = true
    peers.delete(peer.id)
    const { connection } = peer
    connection.onicecandidate = connection.onconnectionstatechange = connection.ontrack = null
    for (const track of peer.stream.getTracks()) track.onmute = track.onunmute = null
    connection.close()
    options.onChange()
  }

  function closeWhere(which: (peer: Peer) => boolean): void {
    for (const peer of [...peers.values()]) if (which(peer)) close(peer)
  }

  return {
    plan(next) {
      plan = next
    },
    wantPictures(next) {
      wanted = next
    },
    onLink(message) {
      const known = peers.get(message.link)
      if (message.do === 'open') open(message)
      else if (known === undefined) return
      else if (message.do === 'close') close(known)
      else {
        known.feed = message.feed
        options.onChange()
      }
    },
    onSignal(signal) {
      const peer = peers.get(signal.link)
      if (peer === undefined) return
      inTurn(peer, () => (signal.kind === 'candidate' ? found(peer, signal) : described(peer, signal)))
    },
    carry(tracks, withPicture) {
      carried = tracks
      picture = withPicture
      for (const peer of peers.values()) {
        if (peer.way !== 'send') continue
        for (const { sender } of peer.connection.getTransceivers()) {
          const track = kindOf(peer, sender) === 'video' ? carried.video : carried.audio
          // Not in turn: a microphone is to close at once.
          if (sender.track !== track) sender.replaceTrack(track).catch(() => undefined)
        }
      }
    },
    incoming() {
      return [...peers.values()]
        .filter((peer) => peer.way === 'recv')
        .map(({ id, feed, stream, old, connection }) => {
          const [video] = stream.getVideoTracks()
          const [audio] = stream.getAudioTracks()
          const first = video ?? audio
          const broken = connection.connectionState === 'failed' || connection.connectionState === 'closed'
          return { link: id, feed, stream, old, broken, flowing: first !== undefined && !first.muted }
        })
    },
    sending() {
      const all = [...peers.values()].filter((peer) => peer.way === 'send' && !peer.old)
      return { count: all.length, connected: all.some(({ connection }) => connection.connectionState === 'connected') }
    },
    age() {
      for (const peer of peers.values()) peer.old = true
    },
    close: (link) => closeWhere((peer) => peer.id === link),
    closeOldSending: () => closeWhere((peer) => peer.way === 'send' && peer.old),
    closeSending: () => closeWhere((peer) => peer.way === 'send'),
    closeAll: () => closeWhere(() => true),
    stats: () => Promise.all([...peers.values()].map(statsOf)),
  }
}

/** Of which kind a sender is also while it has nothing to send. */
function kindOf(peer: Peer, sender: RTCRtpSender): 'audio' | 'video' {
  const transceiver = peer.connection.getTransceivers().find((one) => one.sender === sender)
  return transceiver?.receiver.track.kind === 'video' ? 'video' : 'audio'
}

const WANTED = { audio: ['audio/opus'], video: ['video/vp8', 'video/rtx'] }

/** One codec for each kind: a description of all that a browser can is longer than a signal may be. */
function prefer(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  try {
    const known = RTCRtpSender.getCapabilities(kind)?.codecs ?? []
    const wanted = known.filter(({ mimeType }) => WANTED[kind].includes(mimeType.toLowerCase()))
    if (wanted.length > 0) transceiver.setCodecPreferences(wanted)
  } catch {
    // Firefox before 128 has no such thing, and describes itself in few words.
  }
}

async function statsOf({ id, way, connection }: Peer): Promise<LinkStats> {
  const told: LinkStats = { link: id, way, framesDecoded: 0, framesSent: 0, packetsLost: 0, bytes: 0 }
  const report = await connection.getStats().catch(() => null)
  report?.forEach((one: Record<string, unknown>) => {
    const number = (name: string) => (typeof one[name] === 'number' ? one[name] : 0)
    if (one['type'] === 'inbound-rtp') {
      told.framesDecoded += number('framesDecoded')
      told.packetsLost += number('packetsLost')
      told.bytes += number('bytesReceived')
    } else if (one['type'] === 'outbound-rtp') {
      told.framesSent += number('framesSent')
      told.bytes += number('bytesSent')
    }
  })
  return told
}
