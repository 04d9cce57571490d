// Draws the two pictures of docs/in-step.md by the client's own estimator and its tests' line; the same every time.
//
//   .venv/bin/python server/hatch_build.py npm run in-step
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEstimator, type Sample } from '../client/src/clock.ts'
import { startClock, type Answer } from '../client/src/clockrunner.ts'
import { fitLine, middle, type Line } from '../client/src/envelope.ts'
import { beatInstant, type SilencePlan } from '../client/src/metronome.ts'
import { createWindow } from '../client/src/samples.ts'
import { createSound } from '../client/src/sound.ts'
import { aCard, Stage } from '../tests/unit/client/fake_audio.ts'
import { Device, profiles, seeded } from '../tests/unit/client/network.ts'

const PICTURES = join(import.meta.dirname, 'pictures')
const [INK, SOFT, HAIR, PAPER] = ['#14161a', '#5a5f66', '#c9c2b2', '#fffdf8']
const [UP, DOWN] = ['#1d4f91', '#a2521c']

// --- one page on one line, with the real runner, estimator and sound ---

interface Moment {
  at_s: number
  error_ms: number
}

interface Course {
  device: Device
  samples: Sample[]
  /** The shown time against the true one. */
  shown: Moment[]
  /** Where the beat lay in the audio graph, against where it belonged: at each time it was put there. */
  placed: Moment[]
  /** Of the beat, ms after its true instant: when the page believes it is, when it leaves the audio graph, when it is heard. */
  believed_ms: number
  written_ms: number
  heard_ms: number
}

const LENGTH_S = 75
const PPM = -80
const PRIOR = { ppm: 0, sd_ppm: 50 }
const LINES = 21
const CARD = aCard()
/** A silence so long after the page was opened, and the beat of it that is followed. */
const SILENCE_S = 45
const BEAT = 20

async function course(seed: number): Promise<Course> {
  const random = seeded(seed)
  const device = new Device(profiles.mobile, PPM, random)
  const stage = new Stage(CARD, random, (t) => device.local(t))
  const now = () => device.local(stage.now)
  const samples: Sample[] = []
  const shown: Moment[] = []
  const estimator = createEstimator()
  const ask = () =>
    new Promise<Answer>((resolve) => {
      const { arrives, sample } = device.exchange(stage.now)
      stage.setTimeout(() => {
        samples.push(sample)
        resolve(sample)
      }, arrives - stage.now)
    })
  const runner = startClock({ estimator, ask, now, wall: now, timers: stage, page: null, random })
  const sound = createSound({ estimator, now, timers: stage, createContext: stage.createContext, storage: null, page: null, devices: null })
  const plan: SilencePlan = {
    t0_ms: device.server(SILENCE_S * 1000),
    duration_s: 60,
    bpm: 50,
    sound: 'metronome',
    start_signal: 'none',
    end_signal: 'none',
  }
  const beat_ms = SILENCE_S * 1000 + beatInstant(plan, BEAT) - plan.t0_ms
  await stage.run(1000)
  await sound.unlock(false)
  sound.playSilence(plan)
  const put: { at_s: number; when: number }[] = []
  let counted = 0
  let believed_ms = 0
  for (let at_ms = 1000; at_ms <= LENGTH_S * 1000; at_ms += 100) {
    await stage.run(at_ms)
    shown.push({ at_s: at_ms / 1000, error_ms: estimator.serverNow(now()) - device.server(stage.now) })
    const { sources } = stage.contexts[0]!
    for (; counted < sources.length; counted++) {
      const { when, loop } = sources[counted]!
      if (!loop && when !== null && Math.abs(when * 1000 + 1000 - beat_ms) < 300) put.push({ at_s: at_ms / 1000, when })
    }
    if (at_ms < beat_ms) believed_ms = (estimator.localAt(device.server(beat_ms)) - device.local(0)) / device.rate - beat_ms
  }
  runner.stop()
  sound.close()
  const heard = stage.contexts[0]!.heard.find(({ at }) => Math.abs(at - beat_ms) < 300)
  const last = put.at(-1)
  if (heard === undefined || last === undefined) throw new Error('the beat was not heard')
  const heard_ms = heard.at - beat_ms
  const placed = put.map(({ at_s, when }) => ({ at_s, error_ms: heard_ms + (when - last.when) * 1000 }))
  return { device, samples, shown, placed, believed_ms, written_ms: heard_ms - CARD.latency_ms, heard_ms }
}

function worst(one: Course): number {
  return Math.max(...one.shown.filter(({ at_s }) => at_s >= 15).map(({ error_ms }) => Math.abs(error_ms)))
}

// --- drawing ---

class Sheet {
  private readonly parts: string[] = []

  private readonly width: number
  private readonly height: number
  private readonly title: string

  constructor(width: number, height: number, title: string) {
    this.width = width
    this.height = height
    this.title = title
  }

  add(...parts: string[]): void {
    this.parts.push(...parts)
  }

  text(x: number, y: number, words: string, options: { size?: number; fill?: string; anchor?: string; weight?: number } = {}): void {
    const { size = 24, fill = INK, anchor = 'start', weight = 400 } = options
    this.add(
      `<text x="${n(x)}" y="${n(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}">${escaped(words)}</text>`,
    )
  }

  /** Readable over what is drawn under it; as a rule bold, and ending here. */
  label(x: number, y: number, words: string, fill: string, anchor = 'end', weight = 700): void {
    this.add(`<g stroke="${PAPER}" stroke-width="9" stroke-linejoin="round" paint-order="stroke">`)
    this.text(x, y, words, { fill, anchor, weight })
    this.add('</g>')
  }

  line(x1: number, y1: number, x2: number, y2: number, stroke = INK, width = 2, dash = ''): void {
    const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`
    this.add(`<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${stroke}" stroke-width="${width}"${dashed}/>`)
  }

  path(d: string, stroke: string, width: number, fill = 'none'): void {
    this.add(`<path d="${d}" stroke="${stroke}" stroke-width="${width}" fill="${fill}" stroke-linejoin="round"/>`)
  }

  dot(x: number, y: number, fill: string, r = 5): void {
    this.add(`<circle cx="${n(x)}" cy="${n(y)}" r="${r}" fill="${fill}"/>`)
  }

  save(name: string): void {
    const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.width} ${this.height}" role="img" aria-label="${escaped(this.title)}" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif">`
    const ground = `<rect width="${this.width}" height="${this.height}" fill="${PAPER}"/>`
    writeFileSync(join(PICTURES, name), [head, ground, ...this.parts, '</svg>', ''].join('\n'))
  }
}

/** Where a value lies on the sheet. */
function scale(from: number, to: number, low: number, high: number): (value: number) => number {
  return (value) => low + ((value - from) / (to - from)) * (high - low)
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0'
}

/** A triangle pointing up (filled) or down (hollow), so that they differ without colour. */
function mark(x: number, y: number, up: boolean): string {
  const r = 5
  const d = up ? `M${n(x - r)} ${n(y + r)}h${2 * r}l${-r} ${-2 * r}z` : `M${n(x - r)} ${n(y - r)}h${2 * r}l${-r} ${2 * r}z`
  return `<path d="${d}" fill="${up ? UP : PAPER}" stroke="${up ? UP : DOWN}" stroke-width="1.6"/>`
}

function axes(sheet: Sheet, x: (s: number) => number, y: (ms: number) => number, ticks: number[], bottom: number): void {
  for (const ms of ticks) {
    sheet.line(x(0), y(ms), x(LENGTH_S), y(ms), HAIR, 1)
    sheet.text(x(0) - 10, y(ms) + 8, signed(ms), { anchor: 'end', fill: SOFT, size: 22 })
  }
  for (const s of [0, 15, 30, 45, 60, 75]) {
    sheet.line(x(s), bottom, x(s), bottom + 8, SOFT, 2)
    sheet.text(x(s), bottom + 32, s === LENGTH_S ? `${s} s` : String(s), { anchor: s === LENGTH_S ? 'end' : 'middle', fill: SOFT, size: 22 })
  }
}

/** The clouds of bounds with the fitted edges, and below what each exchange alone would have said. */
function drawClouds({ samples, shown, device }: Course): void {
  const kept = createWindow()
  let line: Line | null = null
  const origin = device.server(0) - device.local(0)
  for (const { t0, t1, t2, t3 } of samples) {
    kept.add(t0, t3, t1 - t0 - origin, t2 - t3 - origin)
    line = fitLine(kept, PRIOR, kept.t3[kept.count - 1]!, line)
  }
  if (line === null) throw new Error('no exchange came through')
  const fit = line
  const trueMs = (local: number) => (local - device.local(0)) / device.rate
  const truth = (local: number) => device.server(trueMs(local)) - local - origin

  const sheet = new Sheet(720, 1130, 'One-way bounds of the clock on a mobile line, with the fitted edges, and the error of the shown time')
  const x = scale(0, LENGTH_S, 84, 700)
  const [top, bottom, most] = [100, 600, 150]
  const y = scale(-most, most, bottom, top)
  sheet.text(20, 36, 'What the exchanges say', { size: 28, weight: 700 })
  sheet.text(20, 70, 'server’s clock minus the page’s, ms; a mobile line', { fill: SOFT })
  axes(sheet, x, y, [-100, -50, 0, 50, 100], bottom)
  let beyond = 0
  for (let k = 0; k < kept.count; k++) {
    const points = [
      { local: kept.t0[k]!, ms: kept.upper[k]!, byServer: false },
      { local: kept.t3[k]!, ms: kept.lower[k]!, byServer: true },
    ]
    for (const { local, ms, byServer } of points) {
      if (Math.abs(ms) > most) beyond++
      else sheet.add(mark(x(trueMs(local) / 1000), y(ms), byServer))
    }
  }
  const edge = (value: number, colour: string) => {
    const at = (s: number) => y(value + (fit.drift_ppm * (device.local(s * 1000) - fit.at)) / 1e6)
    sheet.line(x(0), at(0), x(LENGTH_S), at(LENGTH_S), colour, 4)
  }
  edge(fit.upper, DOWN)
  edge(fit.lower, UP)
  const [begin, end] = [device.local(0), device.local(LENGTH_S * 1000)]
  sheet.line(x(0), y(middle(fit, begin)), x(LENGTH_S), y(middle(fit, end)), INK, 10)
  sheet.line(x(0), y(truth(begin)), x(LENGTH_S), y(truth(end)), PAPER, 2, '10 8')

  sheet.label(x(74.5), y(126), '▽ sent by the page: “at most so much”', DOWN)
  sheet.label(x(74.5), y(14), 'estimate; the dashes in it are the truth', INK)
  sheet.label(x(74.5), y(-17), 'certain: only between the clouds', SOFT)
  sheet.label(x(74.5), y(-134), '▲ sent by the server: “at least so much”', UP)
  sheet.text(x(0) + 4, bottom + 66, `${beyond} of ${2 * kept.count} lie beyond the frame: late, or sent again`, { fill: SOFT, size: 22 })

  const [top2, bottom2, most2] = [790, 1070, 20]
  const y2 = scale(-most2, most2, bottom2, top2)
  sheet.text(20, 734, 'What the page then shows', { size: 28, weight: 700 })
  sheet.text(20, 766, 'error against the true time, ms; the same exchanges', { fill: SOFT })
  axes(sheet, x, y2, [-20, -10, 0, 10, 20], bottom2)
  for (let k = 0; k < kept.count; k++) {
    const error = (kept.upper[k]! + kept.lower[k]!) / 2 - truth(kept.t3[k]!)
    if (Math.abs(error) <= most2) {
      sheet.add(`<circle cx="${n(x(trueMs(kept.t3[k]!) / 1000))}" cy="${n(y2(error))}" r="4" fill="none" stroke="${SOFT}" stroke-width="1.6"/>`)
    }
  }
  const inFrame = shown.filter(({ error_ms }) => Math.abs(error_ms) <= most2)
  sheet.path(inFrame.map(({ at_s, error_ms }, k) => `${k === 0 ? 'M' : 'L'}${n(x(at_s))} ${n(y2(error_ms))}`).join(''), INK, 4)
  sheet.label(x(74.5), y2(15.5), '○ one exchange alone', SOFT)
  sheet.label(x(74.5), y2(-7), 'the shown time', INK)
  sheet.save('in-step-clouds.svg')
}

/** Where a beat lay in the audio graph until it sounded, and its last moments, clock by clock. */
function drawBeat({ placed, believed_ms, written_ms, heard_ms }: Course): void {
  const sheet = new Sheet(720, 1190, 'The way of one beat: where it lies in the audio graph until it sounds, and its last moments on each clock')
  const beat_s = SILENCE_S + (BEAT * 60) / 50
  sheet.text(20, 36, 'The way of one beat', { size: 28, weight: 700 })
  sheet.text(20, 70, 'where it lies in the audio graph; ms from its place', { fill: SOFT })
  const most = 10
  const [top, bottom] = [100, 400]
  const x = scale(-beat_s, 4, 84, 700)
  const y = scale(-most, most, bottom, top)
  for (const ms of [-10, -5, 0, 5, 10]) {
    sheet.line(x(-beat_s), y(ms), 700, y(ms), HAIR, 1)
    sheet.text(74, y(ms) + 8, signed(ms), { anchor: 'end', fill: SOFT, size: 22 })
  }
  for (const s of [-60, -45, -30, -15, 0]) {
    sheet.line(x(s), bottom, x(s), bottom + 8, SOFT, 2)
    sheet.text(x(s), bottom + 32, s === 0 ? '0' : signed(s), { anchor: 'middle', fill: SOFT, size: 22 })
  }
  sheet.text(700, bottom + 62, 'seconds before it sounds', { anchor: 'end', fill: SOFT, size: 22 })
  const way = placed.map(({ at_s, error_ms }, k) => {
    const next = placed[k + 1]?.at_s ?? beat_s
    return `${k === 0 ? 'M' : 'L'}${n(x(at_s - beat_s))} ${n(y(error_ms))}H${n(x(next - beat_s))}`
  })
  sheet.path(way.join(''), INK, 3)
  for (const { at_s, error_ms } of placed) sheet.dot(x(at_s - beat_s), y(error_ms), INK)
  sheet.line(x(0), top - 6, x(0), bottom, UP, 3, '10 8')
  sheet.label(x(-1.5), y(-8.4), 'moved with each better estimate', INK)
  sheet.label(x(-1.5), y(7.6), 'the sound card’s own rate is known now', SOFT, 'end', 400)
  sheet.label(x(-1.5), y(-2.6), 'heard', UP)

  sheet.text(20, 522, 'Its last moments', { size: 28, weight: 700 })
  sheet.text(20, 556, 'ms before and after the true instant', { fill: SOFT })
  const [top2, bottom2] = [580, 1110]
  const x2 = scale(-60, 40, 40, 690)
  for (const ms of [-60, -40, -20, 0, 20, 40]) {
    sheet.line(x2(ms), top2, x2(ms), bottom2, HAIR, 1)
    sheet.text(x2(ms), bottom2 + 30, signed(ms), { anchor: 'middle', fill: SOFT, size: 22 })
  }
  sheet.line(x2(0), top2, x2(0), bottom2, UP, 3, '10 8')
  const lane = (row: number, name: string, told: string): number => {
    const at = top2 + 34 + row * 130
    sheet.label(x2(-60) + 4, at, name, INK, 'start')
    sheet.label(x2(-60) + 4, at + 30, told, SOFT, 'start', 400)
    return at + 62
  }
  const server = lane(0, 'Server', `beat ${BEAT + 1}: first beat + ${BEAT} × 1 200 ms`)
  sheet.dot(x2(0), server, UP, 9)
  const page = lane(1, 'Page', `believes it is now: ${late(believed_ms)}`)
  sheet.dot(x2(believed_ms), page, INK, 9)
  const card = lane(2, 'Sound', `${CARD.latency_ms} ms from the graph to the air: heard ${late(heard_ms)}`)
  sheet.line(x2(written_ms), card, x2(heard_ms), card, INK, 10)
  sheet.dot(x2(heard_ms), card, INK, 9)
  // One frame of sixty a second, drawn for the instant in which it will be seen.
  const frame_ms = 1000 / 60
  const seen_ms = 6
  const screen = lane(3, 'Screen', 'drawn two frames ahead, for when it is seen')
  for (let at = seen_ms - 3 * frame_ms; at < 40; at += frame_ms) sheet.line(x2(at), screen - 9, x2(at), screen + 9, SOFT, 2)
  sheet.line(x2(seen_ms - 2 * frame_ms), screen, x2(seen_ms), screen, INK, 10)
  sheet.dot(x2(seen_ms), screen, INK, 9)
  sheet.text(20, bottom2 + 66, 'blue and dashed: the true instant, on every device', { fill: UP, size: 22 })
  sheet.save('in-step-beat.svg')
}

function late(ms: number): string {
  return `${Math.abs(ms).toFixed(1)} ms ${ms < 0 ? 'early' : 'late'}`
}

const courses: Course[] = []
for (let seed = 1; seed <= LINES; seed++) courses.push(await course(seed))
// Neither a lucky line nor an unlucky one.
courses.sort((a, b) => worst(a) - worst(b))
const usual = courses[(LINES - 1) / 2]!
drawClouds(usual)
drawBeat(usual)
