/**
 * Feeds recorded exchanges to an estimator again: `node replay.ts FOLDER [CLOCK.ts]`, after `make bench-clock ARGS="--record FOLDER"`.
 *
 * The truth of a moment between two exchanges follows from the last one and the known rate of that client's clock.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Estimator } from '../../../../client/src/clock.ts'

interface Head {
  candidate: string
  profile: string
  ppm: number
}

type Row = [number, number, number, number, number, number]

const EACH_MS = 100
const WINDOWS_S = [
  [15, 75],
  [120, 180],
] as const

const folder = process.argv[2]!
const module = resolve(process.argv[3] ?? join(import.meta.dirname, '../../../../client/src/clock.ts'))
const { createEstimator } = (await import(module)) as { createEstimator(): Estimator }

interface Found {
  errors: number[][]
  outside: number
  read: number
  fed: number
  spent_ms: number
}

function replay(head: Head, rows: Row[], found: Found): void {
  const estimator = createEstimator()
  const began = rows[0]![0]
  const rate = 1 + head.ppm / 1e6
  for (const [n, [t0, t1, t2, t3, , server_at_t3]] of rows.entries()) {
    const before = process.hrtime.bigint()
    estimator.feed({ t0, t1, t2, t3 })
    found.spent_ms += Number(process.hrtime.bigint() - before) / 1e6
    found.fed++
    const next = rows[n + 1]?.[3] ?? t3
    for (let local = Math.ceil(t3 / EACH_MS) * EACH_MS; local < next; local += EACH_MS) {
      const error = Math.abs(estimator.serverNow(local) - (server_at_t3 + (local - t3) / rate))
      found.read++
      if (error > estimator.uncertainty_ms(local)) found.outside++
      for (const [k, [from_s, to_s]] of WINDOWS_S.entries()) {
        const age_s = (local - began) / 1000
        if (age_s >= from_s && age_s < to_s) found.errors[k]!.push(error)
      }
    }
  }
}

function quantile(values: readonly number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? '-' : sorted[Math.floor((sorted.length - 1) * q)]!.toFixed(3)
}

const groups = new Map<string, Found>()
for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()) {
  const [head, ...rows] = readFileSync(join(folder, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown)
  if (rows.length === 0) continue
  const { profile, candidate } = head as Head
  const name = `${profile}: ${candidate}`
  const found = groups.get(name) ?? { errors: WINDOWS_S.map(() => []), outside: 0, read: 0, fed: 0, spent_ms: 0 }
  groups.set(name, found)
  replay(head as Head, rows as Row[], found)
}
for (const [name, found] of groups) {
  const told = found.errors.map((errors, k) => {
    const [from_s, to_s] = WINDOWS_S[k]!
    return `${from_s}-${to_s} s: median ${quantile(errors, 0.5)}, p95 ${quantile(errors, 0.95)}, max ${quantile(errors, 1)}`
  })
  const cost = `${(found.spent_ms / found.fed).toFixed(3)} ms a sample, outside its bound ${found.outside} of ${found.read}`
  console.info(`${name.padEnd(28)} ${told.join('; ')}; ${cost}`)
}
