import { describe, expect, test } from 'vitest'
import { createUpload, PIECE_MAX, type Piece, type PieceStore, type Sent } from '../../../client/src/stage/upload.ts'

/** The server's side of it: as adapters/recordings/disk.py, over a line that the test cuts. */
class Server {
  readonly held = new Map<string, Uint8Array>()
  readonly whole: string[] = []
  readonly unwanted = new Set<string>()
  /** What becomes of the next requests: lost on the way there, or on the way back. */
  faults: ('there' | 'back')[] = []
  asked = 0

  async send({ part, offset, bytes }: Piece, last: boolean): Promise<Sent> {
    this.asked += 1
    await Promise.resolve()
    const fault = this.faults.shift()
    if (fault === 'there') return { is: 'later' }
    const answer = this.take(part, offset, new Uint8Array(bytes), last)
    return fault === 'back' ? { is: 'later' } : answer
  }

  take(part: string, offset: number, bytes: Uint8Array, last: boolean): Sent {
    if (this.unwanted.has(part)) return { is: 'unwanted' }
    const before = this.held.get(part) ?? new Uint8Array()
    if (offset > before.length) return { is: 'gap', wanted: before.length }
    const rest = bytes.subarray(before.length - offset)
    const after = new Uint8Array(before.length + rest.length)
    after.set(before)
    after.set(rest, before.length)
    this.held.set(part, after)
    if (last) this.whole.push(part)
    return { is: 'kept', size: after.length }
  }

  text(part: string): string {
    return new TextDecoder().decode(this.held.get(part))
  }
}

class Shelf implements PieceStore {
  readonly kept = new Map<string, Piece>()
  put(piece: Piece): void {
    this.kept.set(`${piece.part} ${piece.offset}`, piece)
  }
  remove(part: string, offset: number): void {
    this.kept.delete(`${part} ${offset}`)
  }
  all(): Promise<Piece[]> {
    return Promise.resolve([...this.kept.values()])
  }
}

function aPage(server = new Server(), shelf = new Shelf()) {
  const waits: number[] = []
  const unwanted: string[] = []
  const upload = createUpload({
    send: (piece, last) => server.send(piece, last),
    store: shelf,
    wait: (run, ms) => {
      waits.push(ms)
      queueMicrotask(run)
    },
  })
  upload.onUnwanted((part) => unwanted.push(part))
  return { server, shelf, upload, waits, unwanted, add: (part: string, words: string) => upload.add(part, bytes(words)) }
}

const bytes = (words: string) => new TextEncoder().encode(words).buffer
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a recording on its way up', () => {
  test('comes in order, and says its end', async () => {
    const { server, shelf, upload, add } = aPage()
    add('a-1', 'one ')
    add('a-1', 'two ')
    upload.finish('a-1')
    await settled()
    expect([server.text('a-1'), server.whole, upload.waiting, shelf.kept.size]).toEqual(['one two ', ['a-1'], 0, 0])
  })

  test('goes in pieces that the server takes', async () => {
    const { server, upload, add } = aPage()
    const sizes: number[] = []
    const take = server.take.bind(server)
    server.take = (part, offset, data, last) => {
      sizes.push(data.length)
      return take(part, offset, data, last)
    }
    add('a-1', 'x'.repeat(PIECE_MAX * 2 + 1))
    upload.finish('a-1')
    await settled()
    expect(sizes).toEqual([PIECE_MAX, PIECE_MAX, 1, 0])
  })

  test.each([
    ['before the server', ['there', 'there', 'there']],
    ['after the server', ['back', 'back']],
    ['now here, now there', ['there', 'back', 'there', 'back']],
  ] as const)('outlasts a line that is lost %s', async (_, faults) => {
    const { server, upload, waits, add } = aPage()
    server.faults = [...faults]
    add('a-1', 'one ')
    add('a-1', 'two ')
    upload.finish('a-1')
    await settled()
    expect([server.text('a-1'), server.whole, upload.waiting]).toEqual(['one two ', ['a-1'], 0])
    expect(waits.length).toBe(faults.length)
  })

  test('waits longer and longer for a line that stays away, and not for ever', async () => {
    const { server, waits, add } = aPage()
    server.faults = Array.from({ length: 8 }, () => 'there')
    add('a-1', 'one')
    await settled()
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000, 8000])
  })

  test('goes on where the server has less than it said', async () => {
    const { server, add, upload } = aPage()
    server.faults = ['there']
    add('a-1', 'one ')
    add('a-1', 'two ')
    server.held.set('a-1', new Uint8Array())
    await settled()
    upload.finish('a-1')
    await settled()
    expect(server.text('a-1')).toBe('one two ')
  })

  test('is given up where the server has lost what nobody holds any more', async () => {
    const { server, unwanted, add } = aPage()
    add('a-1', 'one ')
    await settled()
    server.held.delete('a-1')
    add('a-1', 'two ')
    await settled()
    expect(unwanted).toEqual(['a-1'])
  })

  test('ends at once when nobody wants it any more, and is kept nowhere', async () => {
    const { server, shelf, upload, unwanted, add } = aPage()
    server.unwanted.add('a-1')
    add('a-1', 'one ')
    add('b-1', 'other')
    await settled()
    add('a-1', 'two ')
    upload.finish('a-1')
    await settled()
    expect([unwanted, upload.waiting, shelf.kept.size, server.text('b-1')]).toEqual([['a-1'], 0, 0, 'other'])
    expect(server.asked).toBe(2)
  })

  test('goes on after a reload with what was not acknowledged, and is whole then', async () => {
    const shelf = new Shelf()
    const server = new Server()
    const before = aPage(server, shelf)
    before.add('a-1', 'one ')
    await settled()
    server.faults = Array.from({ length: 1000 }, () => 'there')
    before.upload.add('a-1', bytes('two '))
    before.upload.add('a-1', bytes('three'))
    expect(shelf.kept.size).toBe(2)
    server.faults = []
    const after = aPage(server, shelf)
    await after.upload.restore()
    await settled()
    expect([server.text('a-1'), server.whole.includes('a-1'), shelf.kept.size]).toEqual(['one two three', true, 0])
  })
})
