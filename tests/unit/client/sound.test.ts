import { describe, expect, test, vi } from 'vitest'
import { createEstimator } from '../../../client/src/clock.ts'
import { endInstant } from '../../../client/src/metronome.ts'
import { createSound } from '../../../client/src/sound.ts'
import { renderBell, renderHush, renderTick } from '../../../client/src/timbre.ts'
import { aCard, Stage, type Card, type FakeContext } from './fake_audio.ts'
import { aSilence, EPOCH, every, Guest, judge, unevenness } from './guest.ts'
import { seeded } from './network.ts'

const TICK_S = 0.14

describe('the beats of a silence', () => {
  test.each([
    ['an ordinary card', {}],
    ['a big buffer', { latency_ms: 170, block: 4096 }],
    ['a slow card', { ppm: -80 }],
    ['44.1 kHz, wireless', { sampleRate: 44_100, latency_ms: 280, ppm: 30 }],
  ] satisfies [string, Partial<Card>][])('every beat once, within 1.5 ms: %s', async (_, card) => {
    const guest = new Guest(card)
    expect(await guest.enter()).toBe(true)
    const plan = aSilence({ start_signal: 'bell' })
    guest.sound.playSilence(plan)
    await guest.stage.run(90_000)
    const { indexes, worst } = judge(guest.ticks, plan)
    expect(indexes).toEqual(every(plan))
    expect(worst).toBeLessThan(1.5)
    expect(guest.bells.map((b) => Math.round((EPOCH + b.at - plan.t0_ms) / 10) + 0)).toEqual([0, 6000])
    expect(guest.bells.at(-1)!.at).toBeGreaterThan(endInstant(plan) - EPOCH - 2)
  })

  test('a plan known before the press is entered in its beat', async () => {
    const guest = new Guest()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(35_300)
    await guest.enter()
    await guest.stage.run(90_000)
    const { indexes, worst } = judge(guest.ticks, plan)
    expect(indexes).toEqual(every(plan, indexes[0]))
    // At 35.3 s beat 21 has passed; the next is at 36.4 s.
    expect(indexes[0]).toBe(22)
    expect(worst).toBeLessThan(12)
    expect(judge(guest.ticks.slice(1), plan).worst).toBeLessThan(2)
  })

  test('a reload in the middle of it enters in the same beat', async () => {
    const plan = aSilence({ t0_ms: EPOCH - 20_000 })
    const guest = new Guest()
    await guest.enter()
    guest.sound.playSilence(plan)
    await guest.stage.run(60_000)
    const { indexes, worst } = judge(guest.ticks, plan)
    expect(indexes).toEqual(every(plan, 17))
    expect(worst).toBeLessThan(12)
  })

  test('the same plan again, from a resent timeline, doubles nothing', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    for (let t = 1000; t < 90_000; t += 1700) {
      guest.sound.playSilence({ ...plan })
      await guest.stage.run(t)
    }
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(guest.bells).toHaveLength(1)
  })

  test('a silence moved to another instant is played there only', async () => {
    const guest = new Guest()
    await guest.enter()
    guest.sound.playSilence(aSilence())
    await guest.stage.run(5000)
    const later = aSilence({ t0_ms: EPOCH + 20_500 })
    guest.sound.playSilence(later)
    await guest.stage.run(100_000)
    expect(judge(guest.ticks, later)).toMatchObject({ indexes: every(later) })
    expect(judge(guest.ticks, later).worst).toBeLessThan(2)
  })

  test('stopped, nothing more sounds', async () => {
    const guest = new Guest()
    await guest.enter()
    guest.sound.playSilence(aSilence())
    await guest.stage.run(20_000)
    guest.sound.stopSilence()
    const before = guest.ticks.length
    await guest.stage.run(90_000)
    expect(before).toBe(9)
    expect(guest.ticks.length).toBe(before)
    expect(guest.bells).toHaveLength(0)
  })

  test('two cards of 43 and 170 ms sound together', async () => {
    const plan = aSilence()
    const guests = [
      new Guest({ ppm: 80 }, { seed: 3 }),
      new Guest({ latency_ms: 170, ppm: -80, block: 4096 }, { seed: 4 }),
    ]
    for (const guest of guests) {
      await guest.enter()
      guest.sound.playSilence(plan)
      await guest.stage.run(90_000)
    }
    const [a, b] = guests.map((g) => g.ticks.map((t) => t.at))
    const apart = a!.map((t, i) => Math.abs(t - b![i]!))
    expect(apart).toHaveLength(50)
    expect(Math.max(...apart)).toBeLessThan(1.5)
  })

  test('a bell instead of a metronome strikes once at the beginning', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence({ sound: 'bell', start_signal: 'bell', end_signal: 'none' })
    guest.sound.playSilence(plan)
    await guest.stage.run(90_000)
    expect(guest.ticks).toHaveLength(0)
    expect(guest.bells.map((b) => Math.round((EPOCH + b.at - plan.t0_ms) / 5) + 0)).toEqual([0])
  })

  test.each(['none', 'recording'] as const)('sound %s leaves only the signals', async (sound) => {
    const guest = new Guest()
    await guest.enter()
    guest.sound.playSilence(aSilence({ sound }))
    await guest.stage.run(90_000)
    expect(guest.ticks).toHaveLength(0)
    expect(guest.bells).toHaveLength(1)
  })

  test('a single stroke at its instant', async () => {
    const guest = new Guest()
    await guest.enter()
    await guest.stage.run(3000)
    guest.sound.bells([EPOCH + 1000, EPOCH + 8000])
    await guest.stage.run(20_000)
    expect(guest.bells.map((b) => Math.round(b.at / 2))).toEqual([4000])
  })
})

describe('whatever happens', () => {
  test('timers once a minute: every beat is in the graph already, none far off', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence({ t0_ms: EPOCH + 70_000, duration_s: 120 })
    await guest.stage.run(58_000)
    guest.sound.playSilence(plan)
    await guest.stage.run(60_500)
    guest.stage.throttle = 60_000
    await guest.stage.run(300_000)
    const { indexes, worst } = judge(guest.ticks, plan)
    expect(indexes).toEqual(every(plan))
    // The rate of the card was learned while the page was in front; without it this would be 5 ms and more.
    expect(worst).toBeLessThan(2)
  })

  test('timers once a minute, but messages of the server: what stalled audio has moved is put right', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence({ t0_ms: EPOCH + 70_000, duration_s: 120 })
    await guest.stage.run(58_000)
    guest.sound.playSilence(plan)
    guest.stage.throttle = 60_000
    for (let at = 60_500; at < 200_000; at += 5000) {
      await guest.stage.run(at)
      guest.sound.look()
      if (at === 90_500) guest.context.stall(80)
    }
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    const moved = guest.ticks.filter((t) => t.at > 91_000 && t.at < 95_000)
    expect(judge(moved, plan).worst).toBeGreaterThan(60)
    const later = guest.ticks.filter((t) => t.at > 107_000 && t.at < 119_000)
    expect(later.length).toBeGreaterThan(8)
    expect(judge(later, plan).worst).toBeLessThan(5)
  })

  test('no network: the clock runs on what it knew', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence({ duration_s: 300 })
    guest.sound.playSilence(plan)
    await guest.stage.run(330_000)
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(judge(guest.ticks, plan).worst).toBeLessThan(2)
  })

  test('before the first answer of the server nothing sounds; after it, in time', async () => {
    const guest = new Guest({}, { told: false })
    await guest.enter()
    const plan = aSilence({ t0_ms: EPOCH + 2000 })
    guest.sound.playSilence(plan)
    await guest.stage.run(15_000)
    expect(guest.ticks).toHaveLength(0)
    guest.tell(15_000)
    await guest.stage.run(70_000)
    const { indexes } = judge(guest.ticks, plan)
    // Beat 11 is due 200 ms after the answer, of which the loudspeaker takes 43.
    expect([11, 12]).toContain(indexes[0])
    expect(indexes).toEqual(every(plan, indexes[0]))
    // One answer tells nothing of the drift: 20 ppm in 55 s are 1.1 ms.
    expect(judge(guest.ticks, plan).worst).toBeLessThan(2.5)
  })

  test('the server clock is corrected by 15 ms: the beats wander there, so that none is uneven', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(30_000)
    // Recognized as a step: the perfect line leaves 2 ms of doubt.
    guest.tell(30_000, 15)
    guest.tell(30_100, 15)
    await guest.stage.run(90_000)
    const moved = guest.ticks.filter((t) => t.at > 46_000).map((t) => ({ ...t, at: t.at + 15 }))
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(judge(moved, plan).worst).toBeLessThan(2)
    expect(unevenness(guest.ticks, plan)).toBeLessThan(2)
  })

  test('the card stalls for 65 ms: no beat twice, none missed, soon in time again', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(31_000)
    guest.context.stall(65)
    await guest.stage.run(90_000)
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(
      judge(
        guest.ticks.filter((t) => t.at > 32_000),
        plan,
      ).worst,
    ).toBeLessThan(2)
  })

  test('the latency changes by 150 ms and nothing tells of it: moved once it stands still, in two or three beats', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(31_000)
    guest.context.latency_ms += 150
    await guest.stage.run(90_000)
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(
      judge(
        guest.ticks.filter((t) => t.at > 34_500),
        plan,
      ).worst,
    ).toBeLessThan(2)
  })

  test('a call takes the sound away: one state change, nothing late afterwards, and back in the beat', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    // Just before a beat, which lies ready in the graph and must not follow when the call is over.
    await guest.stage.run(25_450)
    guest.context.resumable = false
    guest.context.enter('interrupted')
    await guest.stage.run(40_000)
    expect(guest.sound.state).toBe('suspended')
    guest.context.resumable = true
    guest.context.enter('running')
    await guest.stage.run(90_000)
    expect(guest.states).toEqual(['running', 'suspended', 'running'])
    const { indexes } = judge(guest.ticks, plan)
    expect(indexes).toEqual([...every(plan).slice(0, 13), ...every(plan, 26)])
    expect(
      judge(
        guest.ticks.filter((t) => t.at > 41_000),
        plan,
      ).worst,
    ).toBeLessThan(2)
  })

  test('taken away and allowed again, it comes back by itself when the page is shown', async () => {
    const guest = new Guest()
    await guest.enter()
    guest.context.enter('suspended')
    await guest.stage.run(guest.stage.now + 10)
    guest.events.dispatchEvent(new Event('visibilitychange'))
    await guest.stage.run(guest.stage.now + 100)
    expect(guest.states).toEqual(['running', 'suspended', 'running'])
  })

  test('a context that says it runs and stands still is found out, and a press makes a new one', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(20_000)
    guest.stage.allowed = false
    guest.context.frozen = true
    guest.context.resumable = false
    await guest.stage.run(25_000)
    expect(guest.sound.state).toBe('suspended')
    guest.context.resumable = true
    expect(await guest.enter()).toBe(true)
    expect(guest.stage.contexts).toHaveLength(2)
    await guest.stage.run(90_000)
    const { indexes } = judge(guest.ticks, plan)
    expect(new Set(indexes).size).toBe(indexes.length)
    expect(indexes.slice(-30)).toEqual(every(plan, 20))
    expect(
      judge(
        guest.ticks.filter((t) => t.at > 27_000),
        plan,
      ).worst,
    ).toBeLessThan(2)
  })

  test('where no press is needed for it, the new one comes by itself', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(20_000)
    guest.context.frozen = true
    await guest.stage.run(90_000)
    expect(guest.states).toEqual(['running', 'suspended', 'running'])
    expect(guest.stage.contexts).toHaveLength(2)
    const { indexes, worst } = judge(
      guest.ticks.filter((t) => t.at > 26_000),
      plan,
    )
    expect(indexes).toEqual(every(plan, 14))
    expect(worst).toBeLessThan(2)
  })

  test('a clock that steps back plays no beat twice', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(30_000)
    guest.tell(30_000, -5000)
    await guest.stage.run(100_000)
    expect(guest.ticks).toHaveLength(50)
  })

  test('a press that is refused says so and does not wait for ever', async () => {
    const stage = new Stage(aCard(), seeded(1))
    const sound = createSound({
      estimator: createEstimator(),
      createContext: () => {
        const context = stage.createContext()
        ;(context as unknown as FakeContext).resumable = false
        return context
      },
      now: () => stage.local(stage.now),
      timers: stage,
      storage: null,
      page: null,
    })
    const pressed = sound.unlock()
    await stage.run(2000)
    expect(await pressed).toBe(false)
    expect(sound.state).toBe('locked')
    stage.contexts[0]!.resumable = true
    const again = sound.unlock()
    await stage.run(2100)
    expect(await again).toBe(true)
    expect(stage.contexts).toHaveLength(1)
  })
})

describe('browsers that tell less', () => {
  test.each([
    ['no getOutputTimestamp, latency reported', { stamps: 'none', reported_ms: 43 }],
    ['no getOutputTimestamp, nothing reported: 40 ms assumed', { stamps: 'none' }],
    ['stamps on a wrong scale, latency reported', { stamps: 'safari15', reported_ms: 43 }],
    ['stamps on a wrong scale, nothing reported', { stamps: 'safari15' }],
  ] satisfies [string, Partial<Card>][])('%s: every beat once, within 12 ms', async (_, card) => {
    const guest = new Guest(card)
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(90_000)
    const { indexes, worst } = judge(guest.ticks, plan)
    expect(indexes).toEqual(every(plan))
    expect(worst).toBeLessThan(12)
  })

  test.each([
    ['a stamp of which little is known yet', {}, 1000, 30],
    ['a believed stamp', { jitter_ms: 0.1 }, 9000, 1],
    ['a reported latency', { stamps: 'none', reported_ms: 43 }, 1000, 12],
    ['a guess', { stamps: 'none' }, 1000, 40],
  ] satisfies [string, Partial<Card>, number, number][])('the bound of the sound path: %s', async (_, card, after_ms, bound_ms) => {
    const guest = new Guest(card)
    expect(guest.sound.bound_ms).toBe(Infinity)
    await guest.enter()
    await guest.stage.run(after_ms)
    // With what a card of unknown rate may have gone astray since the last reading.
    expect(guest.sound.bound_ms).toBeGreaterThanOrEqual(bound_ms)
    expect(guest.sound.bound_ms).toBeLessThan(bound_ms + 0.2)
    guest.context.resumable = false
    guest.context.enter('suspended')
    expect(guest.sound.bound_ms).toBe(Infinity)
  })
})

describe('what the person sets', () => {
  test('muted keeps the beat; unmuted in the middle is heard in its place', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.setMuted(true)
    guest.sound.playSilence(plan)
    await guest.stage.run(40_000)
    expect(guest.ticks.every((t) => t.level === 0)).toBe(true)
    guest.sound.setMuted(false)
    await guest.stage.run(90_000)
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    expect(guest.ticks.slice(-24).every((t) => t.level === 1)).toBe(true)
    // By ramps only: a jump of the gain would click.
    expect(guest.context.gains[0]!.changes.map((c) => c.value)).toEqual([0, 1])
  })

  test('volume', async () => {
    const guest = new Guest()
    await guest.enter()
    guest.sound.setVolume(0.4)
    guest.sound.playSilence(aSilence())
    await guest.stage.run(20_000)
    guest.sound.setVolume(7)
    expect(guest.sound.volume).toBe(1)
    expect(guest.ticks.map((t) => t.level)).toEqual(guest.ticks.map(() => 0.4))
  })

  test('a trim plays earlier, moves a silence that has begun, is bounded and kept', async () => {
    const guest = new Guest()
    await guest.enter()
    const plan = aSilence()
    guest.sound.playSilence(plan)
    await guest.stage.run(30_000)
    guest.sound.setTrim_ms(180)
    await guest.stage.run(90_000)
    expect(judge(guest.ticks, plan).indexes).toEqual(every(plan))
    const later = guest.ticks.filter((t) => t.at > 31_000).map((t) => ({ ...t, at: t.at + 180 }))
    expect(judge(later, plan).worst).toBeLessThan(2)
    expect([...guest.stored.values()]).toEqual(['{"":180}'])
    guest.sound.setTrim_ms(5000)
    expect(guest.sound.trim_ms).toBe(300)
    guest.sound.setTrim_ms(NaN)
    expect(guest.sound.trim_ms).toBe(0)
  })

  test('the trim of this device is there on the next visit', () => {
    const read = (stored: string | null) =>
      createSound({
        estimator: createEstimator(),
        storage: { getItem: () => stored, setItem: () => undefined },
        page: null,
      }).trim_ms
    expect(['{"":-120}', null, 'rubbish', 'null', '{"":99999}', '{"":"x"}'].map(read)).toEqual([-120, 0, 0, 0, 300, 0])
  })

  test('a storage that is denied costs nothing but the memory', () => {
    const denied = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    const sound = createSound({
      estimator: createEstimator(),
      storage: { getItem: denied, setItem: denied },
      page: null,
    })
    sound.setTrim_ms(50)
    expect(sound.trim_ms).toBe(50)
    sound.close()
  })

  test('the press itself is heard, softly; another check on demand', async () => {
    const guest = new Guest()
    expect(guest.sound.checkTone()).toBe(false)
    await guest.enter()
    await guest.stage.run(200)
    expect(guest.context.heard.map((h) => h.level)).toEqual([0.3])
    expect(guest.sound.checkTone()).toBe(true)
    await guest.stage.run(400)
    expect(guest.context.heard).toHaveLength(2)
  })

  test("an iPhone's mute switch does not take the metronome, and a speaker's microphone is left alone", async () => {
    const audioSession = { type: 'auto' }
    vi.stubGlobal('navigator', { audioSession })
    try {
      await new Guest().enter()
      expect(audioSession.type).toBe('playback')
      audioSession.type = 'play-and-record'
      await new Guest().enter()
      expect(audioSession.type).toBe('play-and-record')
    } finally {
      vi.unstubAllGlobals()
    }
  })

  test('closed, no timer is left and the context is given back', async () => {
    const guest = new Guest()
    await guest.enter()
    guest.sound.playSilence(aSilence())
    await guest.stage.run(15_000)
    guest.sound.close()
    expect(guest.context.state).toBe('closed')
    const before = guest.ticks.length
    await guest.stage.run(90_000)
    expect(guest.ticks.length).toBe(before)
  })
})

describe('the sounds themselves', () => {
  const peak = (s: Float32Array) => s.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const rms = (s: Float32Array) => Math.sqrt(s.reduce((sum, v) => sum + v * v, 0) / s.length)

  test.each([22_050, 44_100, 48_000, 96_000])('a tick at %d Hz is short, sharp and does not clip', (rate) => {
    const tick = renderTick(rate)
    expect(tick.length).toBe(Math.round(TICK_S * rate))
    expect(peak(tick)).toBeCloseTo(0.6, 5)
    const loudest = tick.findIndex((v) => Math.abs(v) > 0.59)
    expect(loudest / rate).toBeLessThan(0.003)
    expect(rms(tick.subarray(Math.round(0.08 * rate)))).toBeLessThan(0.002)
    expect(Math.abs(tick.at(-1)!)).toBeLessThan(1e-5)
  })

  test.each([44_100, 48_000])('a bell at %d Hz rises softly, rings long, ends in nothing', (rate) => {
    const bell = renderBell(rate)
    expect(peak(bell)).toBeCloseTo(0.6, 5)
    expect(bell[0]).toBe(0)
    expect(peak(bell.subarray(0, Math.round(0.003 * rate)))).toBeLessThan(0.08)
    // It only ever dies away: no swelling, no hole, quarter by quarter of a second.
    const quarters = Array.from({ length: 26 }, (_, k) => rms(bell.subarray((k * rate) / 4, ((k + 1) * rate) / 4)))
    for (const [k, level] of quarters.entries()) {
      if (k > 0) expect(level / quarters[k - 1]!).toBeLessThan(1.05)
      if (k > 0) expect(level / quarters[k - 1]!).toBeGreaterThan(0.6)
    }
    expect(quarters[12]).toBeGreaterThan(0.02)
    expect(Math.abs(bell.at(-1)!)).toBeLessThan(1e-5)
  })

  test('the hush lies at the last bit of a CD and below', () => {
    const hush = renderHush(48_000)
    expect(peak(hush)).toBeLessThan(2 ** -15)
    expect(peak(hush)).toBeGreaterThan(2 ** -16)
  })
})
