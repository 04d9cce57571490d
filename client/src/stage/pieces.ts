// Pieces of recordings that are not with the server yet, in the browser's own database, so that a reload costs none of them.
// Where a browser denies it they live in memory alone.
import type { Piece, PieceStore } from './upload'

const NAME = 'memorata.recordings'
const STORE = 'pieces'
/** Nobody waits for older ones any more. */
const OLD_MS = 24 * 3_600_000

interface Row extends Piece {
  tab: string
  at_ms: number
}

/** `tab` is the same after a reload, and another one in every other tab. */
export function openPieces(tab: string): PieceStore | null {
  if (typeof indexedDB === 'undefined') return null
  let opened: Promise<IDBDatabase | null> | null = null

  function database(): Promise<IDBDatabase | null> {
    opened ??= new Promise((resolve) => {
      try {
        const asked = indexedDB.open(NAME, 1)
        asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: ['part', 'offset'] })
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = asked.onblocked = () => resolve(null)
      } catch {
        resolve(null)
      }
    })
    return opened
  }

  async function write(act: (store: IDBObjectStore) => void): Promise<void> {
    const found = await database()
    try {
      if (found !== null) act(found.transaction(STORE, 'readwrite').objectStore(STORE))
    } catch {
      // A full or forbidden database costs only the survival of a reload.
    }
  }

  async function rows(): Promise<Row[]> {
    const found = await database()
    if (found === null) return []
    return new Promise((resolve) => {
      try {
        const asked = found.transaction(STORE).objectStore(STORE).getAll() as IDBRequest<Row[]>
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = () => resolve([])
      } catch {
        resolve([])
      }
    })
  }

  return {
    put: (piece) => void write((store) => store.put({ ...piece, tab, at_ms: Date.now() } satisfies Row)),
    remove: (part, offset) => void write((store) => store.delete([part, offset])),
    async all() {
      const found = await rows()
      const old = found.filter((row) => Date.now() - row.at_ms > OLD_MS)
      for (const row of old) void write((store) => store.delete([row.part, row.offset]))
      return found.filter((row) => row.tab === tab && !old.includes(row)).map(({ part, offset, bytes }) => ({ part, offset, bytes }))
    },
  }
}
