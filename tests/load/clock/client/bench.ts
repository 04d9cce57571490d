/**
 * Runs all clients of one profile: `node bench.ts CONFIG RESULT`, told by standard input when to begin.
 *
 * Ten times a second each candidate is asked for the server's time between two reads of the monotonic clock; the truth is that
 * clock plus the constant that the server's log told.
 */
import { createWriteStream, readFileSync, writeFileSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { CANDIDATES, type Candidate, type Exchange } from './candidates.ts'
import { socketLine, watching } from './line.ts'
import { seeded } from '../../../unit/client/seeded.ts'
import { createLocal, monotonic, type Local } from './local.ts'

interface Config {
  url: string
  ceremony: string
  /** One for each client that holds a seat. */
  tokens: string[]
  /** Server ms when the monotonic clock was zero. */
  anchor_ms: number
  candidates: string[]
  clients: number
  seconds: number
  /** Between the beginnings of two clients: they are people who come, not a stampede. */
  apart_ms: number
  seed: number
  profile: string
  /** When all local clocks jump, counted from the beginning of all, and by how much. */
  step_s: number | null
  step_ms: number
  /** A folder for the exchanges of our own candidates, or null. */
  record: string | null
}

interface Client {
  candidate: string
  index: number
  ppm: number
  started_s: number
  line: { readonly asked: number; readonly faults: readonly string[]; close(): void }
  local: Local
  asked: Candidate
  errors: (number | null)[]
  bounds: number[] | null
  /** Requests of the first 95 s. */
  messages: number
  recorded: WriteStream | null
}

const TICK_MS = 100
const COUNTED_S = 95
const DENSE_FROM_S = 120
const DENSE_FOR_S = 60
const MOST_PPM = 100
/** A reading during which the process was interrupted for longer than this is taken again. */
const BRACKET_MS = 0.05
const EXACT = 10_000

const config = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Config
const random = seeded(config.seed)
const clients: Client[] = []
const ticks: number[] = []
const brackets: number[] = []
let went = 0

function begin(candidate: string, index: number): void {
  const ppm = config.clients > 1 ? MOST_PPM * ((2 * index) / (config.clients - 1) - 1) : MOST_PPM
  const local = createLocal((random() * 2 - 1) * 600_000, ppm)
  const started_s = (monotonic() - went) / 1000
  let line: Client['line'] | null = null
  const recorded = config.record !== null && candidate.startsWith('ours') ? recordIn(config.record, candidate, index, ppm) : null
  const record = (exchange: Exchange): void => {
    if (recorded === null) return
    const truths = [exchange[0], exchange[3]].map((t) => config.anchor_ms + local.monotonicAt(t))
    recorded.write(`${JSON.stringify([...exchange, ...truths])}\n`)
  }
  const asked = CANDIDATES[candidate]!({
    line: () => (line = socketLine(config, config.tokens.pop()!, local)),
    watching: () => (line = watching(config, local)),
    local,
    random: seeded(config.seed + 7919 * (clients.length + 1)),
    epoch_ms: epoch_ms(),
    record,
  })
  const bounds = asked.bound ? [] : null
  const open = line as unknown as Client['line']
  const client: Client = { candidate, index, ppm, started_s, line: open, local, asked, errors: ticks.map(() => null), bounds, messages: 0, recorded }
  clients.push(client)
  setTimeout(() => {
    client.messages = open.asked
  }, Math.min(COUNTED_S, config.seconds - 0.5) * 1000)
  // As client/src/keeper.ts does in the minute before a silence.
  setTimeout(() => asked.denser?.(serverNow() + DENSE_FOR_S * 1000), DENSE_FROM_S * 1000)
}

function recordIn(folder: string, candidate: string, index: number, ppm: number): WriteStream {
  const name = `${config.profile}-${candidate.replaceAll(/\W+/g, '-')}-${index}.jsonl`
  const stream = createWriteStream(join(folder, name))
  stream.write(`${JSON.stringify({ candidate, index, profile: config.profile, ppm, columns: ['t0', 't1', 't2', 't3', 'server_at_t0', 'server_at_t3'] })}\n`)
  return stream
}

function serverNow(): number {
  return config.anchor_ms + monotonic()
}

function epoch_ms(): number {
  return Math.floor((config.anchor_ms + went) / 1000) * 1000
}

function read(client: Client): number | null {
  let error: number | null = null
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = monotonic()
    const told = client.asked.estimate()
    const after = monotonic()
    if (told === null) return null
    error = told - (config.anchor_ms + (before + after) / 2)
    if (after - before < BRACKET_MS || attempt === 2) {
      brackets.push(after - before)
      break
    }
  }
  return Math.round(error! * EXACT) / EXACT
}

function tick(): void {
  ticks.push((monotonic() - went) / 1000)
  for (const client of clients) {
    const error = read(client)
    client.errors.push(error)
    if (client.bounds && error !== null) {
      const bound = client.asked.bound!()
      client.bounds.push(Math.abs(error), Number.isFinite(bound) ? Math.round(bound * EXACT) / EXACT : -1)
    }
  }
}

function go(): void {
  went = monotonic()
  let n = 0
  for (let index = 0; index < config.clients; index++) {
    for (const candidate of config.candidates) setTimeout(begin, config.apart_ms * n++, candidate, index)
  }
  if (config.step_s !== null) {
    setTimeout(() => clients.forEach((client) => client.local.step(config.step_ms)), config.step_s * 1000)
  }
  const ticking = setInterval(tick, TICK_MS)
  setTimeout(
    () => {
      clearInterval(ticking)
      finish()
    },
    config.seconds * 1000 + config.apart_ms * n,
  )
}

function finish(): void {
  for (const client of clients) {
    client.asked.stop()
    client.line.close()
    client.recorded?.end()
  }
  const told = clients.map(({ candidate, index, ppm, started_s, errors, bounds, messages, line, asked }) => ({
    candidate, index, ppm, started_s, errors, bounds, messages, faults: line.faults, costs_ms: asked.costs_ms ?? null,
  }))
  writeFileSync(process.argv[3]!, JSON.stringify({ ticks, brackets, clients: told }))
  // Libraries leave timers behind.
  setTimeout(() => process.exit(0), 200)
}

createInterface({ input: process.stdin }).on('line', (word) => {
  if (word === 'go') go()
  else if (word === 'online') for (const client of clients) client.asked.tell?.('online')
})
console.info('ready')
