import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createDevices, faultOf } from '../../../client/src/stage/devices'
import { faultWords } from '../../../client/src/stage/faults'
import { decibels, levelOf } from '../../../client/src/stage/meter'
import { FakeStream, FakeTrack } from './fake_peers'

class Named extends Error {
  constructor(override readonly name: string) {
    super(name)
  }
}

/** A house with these devices; whatever is named in `refuses` fails by that name. */
function aHouse(refuses: { video?: string; audio?: string } = {}) {
  const asked: string[] = []
  const got: FakeTrack[] = []
  const media = {
    getUserMedia(wanted: { video?: MediaTrackConstraints; audio?: MediaTrackConstraints }) {
      asked.push(Object.keys(wanted).sort().join('+'))
      const fails = (wanted.video && refuses.video) || (wanted.audio && refuses.audio)
      if (fails) return Promise.reject(new Named(fails))
      const id = (of: MediaTrackConstraints) => ((of.deviceId as { ideal?: string } | undefined)?.ideal ?? 'usual')
      const tracks: FakeTrack[] = []
      if (wanted.video) tracks.push(new FakeTrack('video', id(wanted.video)))
      if (wanted.audio) tracks.push(new FakeTrack('audio', id(wanted.audio)))
      got.push(...tracks)
      return Promise.resolve(new FakeStream(tracks))
    },
    enumerateDevices: () => Promise.resolve([{ kind: 'videoinput', deviceId: 'usual', label: 'Lid' }, { kind: 'audioinput', deviceId: 'h', label: 'Headset' }]),
  }
  const kept = new Map<string, string>()
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
  const make = () => createDevices({ media: media as unknown as MediaDevices, storage, onChange: () => undefined })
  return { devices: make(), make, asked, got }
}

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('AudioContext', undefined)
})

describe('opening camera and microphone', () => {
  it('asks once for both', async () => {
    const { devices, asked } = aHouse()
    await devices.open()
    expect(asked).toEqual(['audio+video'])
    expect(devices.checks).toMatchObject({ camera: 'on', microphone: 'on', cameraFault: null, microphoneFault: null })
  })

  it('is content with a voice where there is no camera, or another program has it', async () => {
    for (const [name, use] of [['NotFoundError', 'none'], ['NotReadableError', 'busy']] as const) {
      const { devices, asked } = aHouse({ video: name })
      await devices.open()
      expect(asked).toEqual(['audio+video', 'audio'])
      expect(devices.checks).toMatchObject({ camera: use, microphone: 'on', cameraFault: use, microphoneFault: null })
      expect(devices.audio).not.toBeNull()
    }
  })

  it('says that it was refused', async () => {
    const { devices } = aHouse({ video: 'NotAllowedError', audio: 'NotAllowedError' })
    await devices.open()
    expect(devices.checks).toMatchObject({ camera: 'refused', microphone: 'refused', microphoneFault: 'refused' })
  })

  it('says that the address is to blame where it is', async () => {
    vi.stubGlobal('navigator', {})
    const devices = createDevices({ onChange: () => undefined })
    await devices.open()
    expect(devices.checks).toMatchObject({ cameraFault: 'insecure', microphoneFault: 'insecure' })
  })

  it('opens no camera for who wants to be heard alone, and closes it at once', async () => {
    const { devices, asked, got } = aHouse()
    await devices.open()
    await devices.setVoiceOnly(true)
    expect(got[0]!.readyState).toBe('ended')
    expect(devices.video).toBeNull()
    expect(devices.checks).toMatchObject({ camera: 'off', microphone: 'on', voiceOnly: true })
    await devices.open()
    expect(asked).toEqual(['audio+video', 'audio'])
  })

  it('remembers what was chosen on this device', async () => {
    const { devices, make, got } = aHouse()
    await devices.open()
    await devices.choose('microphone', 'h')
    expect(got.at(-1)!.label).toBe('h')
    const later = make()
    await later.open()
    expect(got.slice(-2).map(({ label }) => label)).toEqual(['usual', 'h'])
    expect(await later.choices()).toMatchObject({ microphones: [{ id: 'h', name: 'Headset' }], microphone: 'h', camera: 'usual' })
  })

  it('tells when a device is taken out', async () => {
    const { devices, got } = aHouse()
    await devices.open()
    got[1]!.onended?.()
    expect(devices.checks).toMatchObject({ camera: 'on', microphone: 'none', microphoneFault: 'none', heard: false })
  })

  it('lets go of what came after it was closed', async () => {
    const { devices, got } = aHouse()
    const opening = devices.open()
    devices.close()
    await opening
    expect(got.map(({ readyState }) => readyState)).toEqual(['ended', 'ended'])
    expect(devices.audio).toBeNull()
  })
})

describe('in a silence', () => {
  it('closes both, and opens them afterwards where the browser asks no more', async () => {
    vi.stubGlobal('navigator', { permissions: { query: () => Promise.resolve({ state: 'granted' }) } })
    const { devices, got } = aHouse()
    await devices.open()
    await devices.rest()
    expect(got.map(({ readyState }) => readyState)).toEqual(['ended', 'ended'])
    await devices.wake()
    expect(devices.checks).toMatchObject({ camera: 'on', microphone: 'on' })
    expect(got).toHaveLength(4)
  })

  it('keeps both, blind and deaf, where it would ask again', async () => {
    vi.stubGlobal('navigator', { permissions: { query: () => Promise.resolve({ state: 'prompt' }) } })
    const { devices, got } = aHouse()
    await devices.open()
    const resting = devices.rest()
    expect(got.map(({ enabled }) => enabled)).toEqual([false, false])
    await resting
    await devices.wake()
    expect(got.map(({ enabled, readyState }) => [enabled, readyState])).toEqual([[true, 'live'], [true, 'live']])
  })
})

describe('what is amiss', () => {
  it('is known by the names that browsers give', () => {
    const names = ['NotAllowedError', 'SecurityError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError', 'AbortError', 'TypeError']
    expect(names.map((name) => faultOf(new Named(name)))).toEqual(['refused', 'refused', 'none', 'none', 'busy', 'busy', 'insecure'])
  })

  it('is said in words, with what to do next; the microphone goes before', () => {
    expect(faultWords(null, null)).toBeNull()
    expect(faultWords('none', null)?.what).toBe('We found no camera.')
    expect(faultWords('none', 'busy')?.next).toBe('Please close other calls, such as Zoom or Skype, then try again.')
    for (const fault of ['refused', 'none', 'busy', 'insecure'] as const) {
      const words = [faultWords(fault, null), faultWords(null, fault)].map((one) => `${one!.what} ${one!.next}`).join(' ')
      expect(words).not.toMatch(/permission|device|error|browser|https|getUserMedia/i)
    }
  })
})

it('hears how loud it is', () => {
  const tone = Float32Array.from({ length: 1024 }, (_, at) => 0.1 * Math.sin(at / 3))
  expect(decibels(tone)).toBeCloseTo(-23, 0)
  expect(levelOf(decibels(new Float32Array(1024)))).toBe(0)
  expect(levelOf(decibels(tone))).toBeCloseTo(0.77, 1)
  expect(levelOf(0)).toBe(1)
})
