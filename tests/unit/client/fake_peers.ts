/** Peer connections, streams and tracks as far as links use them: they write down what is done, in order. */

export class FakeTrack extends EventTarget {
  enabled = true
  muted = false
  readyState = 'live'
  contentHint = ''
  onended: (() => void) | null = null
  onmute: (() => void) | null = null
  onunmute: (() => void) | null = null
  constructor(
    readonly kind: 'audio' | 'video',
    readonly label = '',
  ) {
    super()
  }
  stop(): void {
    this.readyState = 'ended'
  }
  getSettings() {
    return { deviceId: this.label }
  }
}

export class FakeStream {
  constructor(readonly tracks: FakeTrack[] = []) {
    this.tracks = [...tracks]
  }
  getTracks() {
    return [...this.tracks]
  }
  getAudioTracks() {
    return this.tracks.filter(({ kind }) => kind === 'audio')
  }
  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === 'video')
  }
  addTrack(track: FakeTrack): void {
    this.tracks.push(track)
  }
  removeTrack(track: FakeTrack): void {
    this.tracks.splice(this.tracks.indexOf(track), 1)
  }
}

class FakeSender {
  parameters: Record<string, unknown> & { encodings: { maxBitrate?: number }[] } = { encodings: [{}] }
  constructor(public track: FakeTrack | null) {}
  replaceTrack(track: FakeTrack | null) {
    this.track = track
    return Promise.resolve()
  }
  getParameters() {
    return { ...this.parameters, encodings: this.parameters.encodings.map((one) => ({ ...one })) }
  }
  setParameters(parameters: typeof this.parameters) {
    this.parameters = parameters
    return Promise.resolve()
  }
}

export class FakePeer {
  static all: FakePeer[] = []
  readonly done: string[] = []
  readonly transceivers: { sender: FakeSender; receiver: { track: FakeTrack }; direction: string }[] = []
  connectionState = 'new'
  signalingState = 'stable'
  localDescription: { type: string; sdp: string } | null = null
  remoteDescription: { type: string; sdp: string } | null = null
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  ontrack: ((event: { track: FakeTrack }) => void) | null = null
  private made = 0

  constructor(readonly config: RTCConfiguration) {
    FakePeer.all.push(this)
  }
  addTransceiver(of: FakeTrack | 'audio' | 'video', { direction }: { direction: string }) {
    const kind = typeof of === 'string' ? of : of.kind
    this.done.push(`add ${kind} ${direction}`)
    const made = { sender: new FakeSender(typeof of === 'string' ? null : of), receiver: { track: new FakeTrack(kind) }, direction }
    this.transceivers.push(made)
    return made
  }
  getTransceivers() {
    return this.transceivers
  }
  createOffer({ iceRestart = false } = {}) {
    this.made += 1
    return Promise.resolve({ type: 'offer', sdp: `offer ${this.made}${iceRestart ? ' anew' : ''}` })
  }
  createAnswer() {
    return Promise.resolve({ type: 'answer', sdp: `answer to ${this.remoteDescription?.sdp}` })
  }
  setLocalDescription(description: { type: string; sdp: string }) {
    this.done.push(`local ${description.sdp}`)
    this.localDescription = description
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable'
    return Promise.resolve()
  }
  setRemoteDescription(description: { type: string; sdp: string }) {
    this.done.push(`remote ${description.sdp}`)
    this.remoteDescription = description
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
    return Promise.resolve()
  }
  addIceCandidate({ candidate }: { candidate: string }) {
    if (this.remoteDescription === null) return Promise.reject(new Error('too early'))
    this.done.push(`candidate ${candidate}`)
    return Promise.resolve()
  }
  getStats() {
    return Promise.resolve(new Map([['1', { type: 'inbound-rtp', framesDecoded: 7, bytesReceived: 900, packetsLost: 1 }]]))
  }
  close(): void {
    this.connectionState = 'closed'
    this.done.push('close')
  }

  /** The other end's picture or sound arrives. */
  arrives(track: FakeTrack): void {
    this.ontrack?.({ track })
  }
  becomes(state: string): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

/** Lets everything that waits for nothing but promises happen. */
export async function soon(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}
