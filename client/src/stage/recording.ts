// What makes a host's page a recorder: the server's words, the streams of the stage, and the way up to the server.
import { randomId } from '../outbox'
import { Failure, type Session } from '../session'
import { sessionStorageOrNull } from '../storage'
import type { StageRecord } from '../wire'
import { openPieces } from './pieces'
import { createRecorder, type Recorder } from './recorder'
import { createUpload, type Piece, type Sent } from './upload'

const TAB = 'memorata.recorder'

/** To be called once on each host's page. `streamOf` gives what comes by a feed, one's own too. */
export function recordsFor(session: Session, streamOf: (feed: string) => MediaStream | null): Recorder {
  const upload = createUpload({
    send: (piece, last) => put(session, piece, last),
    store: openPieces(tabName()),
    wait: (run, ms) => void setTimeout(run, ms),
  })
  const recorder = createRecorder({ streamOf, upload })
  session.on('record', (message: StageRecord) => recorder.told(message))
  void upload.restore()
  return recorder
}

async function put(session: Session, piece: Piece, last: boolean): Promise<Sent> {
  try {
    const path = `/api/recordings/${piece.part}/bytes/${piece.offset}${last ? '?last=1' : ''}`
    const { size } = await session.put<{ size: number }>(path, piece.bytes)
    return { is: 'kept', size }
  } catch (error) {
    const { code, facts } = error instanceof Failure ? error : new Failure('line', '')
    if (code === 'recording.gap') return { is: 'gap', wanted: Number(facts['wanted']) }
    return { is: PASSING.includes(code) ? 'later' : 'unwanted' }
  }
}

/** What may be otherwise in a moment. */
const PASSING: readonly string[] = ['line', 'store.busy', 'request.too_many', 'retry', 'defect']

function tabName(): string {
  const kept = sessionStorageOrNull()
  const known = kept?.getItem(TAB)
  if (known) return known
  const fresh = randomId()
  kept?.setItem(TAB, fresh)
  return fresh
}
