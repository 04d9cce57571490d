// What this page has recorded, on its way to the server: small pieces in their order, each kept until it is acknowledged,
// and sent again unchanged after a lost line or a reload.

export interface Piece {
  /** The name under which the server wants it. */
  part: string
  offset: number
  bytes: ArrayBuffer
}

/** What the server made of a piece: it holds so much now; it lacks what comes before; it wants none of it; it gave no answer. */
export type Sent = { is: 'kept'; size: number } | { is: 'gap'; wanted: number } | { is: 'unwanted' } | { is: 'later' }

/** Where pieces outlive a reload. None of it may fail. */
export interface PieceStore {
  put(piece: Piece): void
  remove(part: string, offset: number): void
  /** Those of this tab. */
  all(): Promise<Piece[]>
}

export interface UploadDeps {
  send(piece: Piece, last: boolean): Promise<Sent>
  store: PieceStore | null
  /** Runs it after so many milliseconds. */
  wait(run: () => void, ms: number): void
}

export interface Upload {
  /** What follows what was added before. */
  add(part: string, bytes: ArrayBuffer): void
  /** Nothing more follows. */
  finish(part: string): void
  /** Sends what an earlier page of this tab has left. */
  restore(): Promise<void>
  /** Bytes that are not acknowledged yet. */
  readonly waiting: number
  /** Hears of a part that the server does not want (any more). */
  onUnwanted(listener: (part: string) => void): void
}

/** The server takes no more in one piece. */
export const PIECE_MAX = 65_536
const FIRST_MS = 500
const LONGEST_MS = 8000

interface Part {
  name: string
  pieces: Piece[]
  /** How much has been added. */
  size: number
  finished: boolean
}

export function createUpload(deps: UploadDeps): Upload {
  const parts = new Map<string, Part>()
  const refused = new Set<string>()
  const listeners: ((part: string) => void)[] = []
  let sending = false
  let pause_ms = FIRST_MS

  function partOf(name: string): Part {
    const known = parts.get(name)
    if (known !== undefined) return known
    const fresh: Part = { name, pieces: [], size: 0, finished: false }
    parts.set(name, fresh)
    return fresh
  }

  function drop(part: Part): void {
    for (const piece of part.pieces) deps.store?.remove(part.name, piece.offset)
    parts.delete(part.name)
  }

  /** The next to be sent: of the oldest part that has something to say. */
  function next(): { part: Part; piece: Piece; last: boolean } | null {
    for (const part of parts.values()) {
      const [piece] = part.pieces
      if (piece !== undefined) return { part, piece, last: false }
      if (part.finished) return { part, piece: { part: part.name, offset: part.size, bytes: new ArrayBuffer(0) }, last: true }
    }
    return null
  }

  async function pump(): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (let one = next(); one !== null; one = next()) {
        const { part, piece, last } = one
        const sent = await deps.send(piece, last)
        if (sent.is === 'later') {
          deps.wait(() => void pump(), pause_ms)
          pause_ms = Math.min(LONGEST_MS, pause_ms * 2)
          return
        }
        pause_ms = FIRST_MS
        if (!settle(part, sent, last)) {
          drop(part)
          refused.add(part.name)
          for (const listener of listeners) listener(part.name)
        }
      }
    } finally {
      sending = false
    }
  }

  /** False when nothing more of it can come to its place. */
  function settle(part: Part, sent: Exclude<Sent, { is: 'later' }>, last: boolean): boolean {
    if (sent.is === 'unwanted') return false
    if (sent.is === 'gap') return part.pieces.some((one) => one.offset <= sent.wanted && sent.wanted < one.offset + one.bytes.byteLength)
    while (part.pieces[0] !== undefined && part.pieces[0].offset + part.pieces[0].bytes.byteLength <= sent.size) {
      const [piece] = part.pieces.splice(0, 1)
      if (piece !== undefined) deps.store?.remove(part.name, piece.offset)
    }
    if (last) drop(part)
    return true
  }

  return {
    add(name, bytes) {
      if (refused.has(name)) return
      const part = partOf(name)
      for (let at = 0; at < bytes.byteLength; at += PIECE_MAX) {
        const piece: Piece = { part: name, offset: part.size, bytes: bytes.slice(at, at + PIECE_MAX) }
        part.size += piece.bytes.byteLength
        part.pieces.push(piece)
        deps.store?.put(piece)
      }
      void pump()
    },
    finish(name) {
      if (refused.has(name)) return
      partOf(name).finished = true
      void pump()
    },
    async restore() {
      const left = (await deps.store?.all()) ?? []
      for (const piece of left.sort((a, b) => a.offset - b.offset)) {
        const part = partOf(piece.part)
        part.pieces.push(piece)
        part.size = piece.offset + piece.bytes.byteLength
        part.finished = true
      }
      void pump()
    },
    get waiting() {
      let size = 0
      for (const part of parts.values()) for (const piece of part.pieces) size += piece.bytes.byteLength
      return size
    },
    onUnwanted: (listener) => void listeners.push(listener),
  }
}
