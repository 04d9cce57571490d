// This device's camera and microphone: opened in a press, chosen, heard, tried out, and put to rest. Nothing leaves the page here.
import type { StageTell } from '../wire'
import { createEcho, type Echo } from './echo'
import { createMeter, type Meter } from './meter'

export type Use = StageTell['camera']
/** Why a device cannot be used: not allowed, not there, held by another program, or no encrypted address. */
export type Fault = 'refused' | 'none' | 'busy' | 'insecure'

export interface Checks {
  camera: Use
  microphone: Use
  cameraFault: Fault | null
  microphoneFault: Fault | null
  /** Whether the microphone has caught a voice since it was opened. */
  heard: boolean
  /** The person wants to be heard alone. */
  voiceOnly: boolean
}

export interface Choice {
  id: string
  name: string
}

export interface Choices {
  cameras: Choice[]
  microphones: Choice[]
  camera: string
  microphone: string
}

export interface DevicesOptions {
  media?: MediaDevices
  storage?: Pick<Storage, 'getItem' | 'setItem'> | null
  createContext?: () => AudioContext
  onChange(): void
}

export interface Devices {
  readonly checks: Checks
  readonly video: MediaStreamTrack | null
  readonly audio: MediaStreamTrack | null
  readonly opened: boolean
  /** To be called in a press, at first. A camera that cannot be had is no reason against a voice. */
  open(): Promise<void>
  choices(): Promise<Choices>
  /** Hears of devices that are plugged in or taken out; returns what stops that. */
  onPlugged(listener: () => void): () => void
  choose(kind: 'camera' | 'microphone', id: string): Promise<void>
  /** Switches the camera off, or on again. */
  setVoiceOnly(only: boolean): Promise<void>
  /** For a silence: devices closed where the browser will give them back unasked, else without picture and sound. */
  rest(): Promise<void>
  wake(): Promise<void>
  close(): void
  /** How loud it is, 0 to 1, some times a second; returns what stops that. */
  onLevel(listener: (level: number) => void): () => void
  /** Records what is said and plays it back; null where this browser cannot. */
  echo(): Echo | null
}

const KEY = 'memorata.devices'
const NOTHING: Checks = {
  camera: 'unknown',
  microphone: 'unknown',
  cameraFault: null,
  microphoneFault: null,
  heard: false,
  voiceOnly: false,
}

export function createDevices(options: DevicesOptions): Devices {
  const media = options.media ?? mediaOf(navigator)
  let checks = NOTHING
  let video: MediaStreamTrack | null = null
  let audio: MediaStreamTrack | null = null
  let meter: Meter | null = null
  let opened = false
  let resting = false
  /** Counts openings, so that one that was overtaken lets go of what it got. */
  let turn = 0
  const levels = new Set<(level: number) => void>()
  const chosen = remembered(options.storage ?? null)

  function set(patch: Partial<Checks>): void {
    checks = { ...checks, ...patch }
    options.onChange()
  }

  async function open(): Promise<void> {
    const mine = ++turn
    opened = true
    resting = false
    if (media === undefined) {
      return set({ camera: 'refused', microphone: 'refused', cameraFault: 'insecure', microphoneFault: 'insecure' })
    }
    drop()
    const wantsPicture = !checks.voiceOnly
    set({
      camera: wantsPicture ? 'asking' : 'off',
      microphone: 'asking',
      cameraFault: null,
      microphoneFault: null,
      heard: false,
    })
    const [stream, cameraFault, microphoneFault] = await ask(media, wantsPicture)
    if (mine !== turn) return stop(stream)
    take(stream)
    set({
      camera: video !== null ? 'on' : wantsPicture ? usedFor(cameraFault) : 'off',
      microphone: audio !== null ? 'on' : usedFor(microphoneFault),
      cameraFault: wantsPicture ? cameraFault : null,
      microphoneFault,
    })
  }

  /** Both at once, so that the browser asks once; else the voice alone. */
  async function ask(from: MediaDevices, wantsPicture: boolean): Promise<[MediaStream | null, Fault | null, Fault | null]> {
    const sound = soundWanted(chosen.microphone)
    if (wantsPicture) {
      try {
        return [await from.getUserMedia({ video: pictureWanted(chosen.camera), audio: sound }), null, null]
      } catch (error) {
        const both = faultOf(error)
        try {
          return [await from.getUserMedia({ audio: sound }), both, null]
        } catch (second) {
          return [null, both, faultOf(second)]
        }
      }
    }
    try {
      return [await from.getUserMedia({ audio: sound }), null, null]
    } catch (error) {
      return [null, null, faultOf(error)]
    }
  }

  function take(stream: MediaStream | null): void {
    video = stream?.getVideoTracks()[0] ?? null
    audio = stream?.getAudioTracks()[0] ?? null
    if (video !== null) {
      video.contentHint = 'motion'
      video.onended = () => lost('camera')
    }
    if (audio !== null) {
      audio.contentHint = 'speech'
      audio.onended = () => lost('microphone')
      meter = createMeter(audio, {
        createContext: options.createContext,
        onLevel: (level) => levels.forEach((listener) => listener(level)),
        onVoice: () => checks.heard || set({ heard: true }),
      })
    }
  }

  /** Unplugged, or taken by the system. */
  function lost(which: 'camera' | 'microphone'): void {
    if (which === 'camera') {
      video = null
      set({ camera: 'none', cameraFault: 'none' })
    } else {
      audio = null
      meter?.stop()
      meter = null
      set({ microphone: 'none', microphoneFault: 'none', heard: false })
    }
  }

  function drop(): void {
    meter?.stop()
    meter = null
    for (const track of [video, audio]) {
      if (track === null) continue
      track.onended = null
      track.stop()
    }
    video = audio = null
  }

  return {
    get checks() {
      return checks
    },
    get video() {
      return video
    },
    get audio() {
      return audio
    },
    get opened() {
      return opened
    },
    open,
    async choices() {
      const all = (await media?.enumerateDevices().catch(() => [])) ?? []
      const named = (kind: MediaDeviceKind) =>
        all.filter((one) => one.kind === kind && one.deviceId !== '').map(({ deviceId, label }) => ({ id: deviceId, name: label }))
      return {
        cameras: named('videoinput'),
        microphones: named('audioinput'),
        camera: video?.getSettings().deviceId ?? chosen.camera,
        microphone: audio?.getSettings().deviceId ?? chosen.microphone,
      }
    },
    onPlugged(listener) {
      media?.addEventListener('devicechange', listener)
      return () => media?.removeEventListener('devicechange', listener)
    },
    async choose(kind, id) {
      chosen[kind] = id
      try {
        options.storage?.setItem(KEY, JSON.stringify(chosen))
      } catch {
        // Then it is chosen for this page alone.
      }
      await open()
    },
    async setVoiceOnly(only) {
      if (only === checks.voiceOnly) return
      set({ voiceOnly: only })
      if (!opened) return
      if (!only) return open()
      if (video !== null) {
        video.onended = null
        video.stop()
        video = null
      }
      set({ camera: 'off', cameraFault: null })
    },
    async rest() {
      if (!opened || resting) return
      resting = true
      const mine = turn
      const isOver = () => mine !== turn || !resting
      for (const track of [video, audio]) if (track !== null) track.enabled = false
      // Where it would ask again, in the middle of a ceremony, the devices are kept, blind and deaf.
      if (!(await givenUnasked()) || isOver()) return
      drop()
      options.onChange()
    },
    async wake() {
      if (!resting) return
      resting = false
      if (audio === null && checks.microphone === 'on') return open()
      for (const track of [video, audio]) if (track !== null) track.enabled = true
    },
    close() {
      turn += 1
      opened = resting = false
      drop()
      set({ ...NOTHING, voiceOnly: checks.voiceOnly })
    },
    onLevel(listener) {
      levels.add(listener)
      return () => levels.delete(listener)
    },
    echo: () => (audio === null ? null : createEcho(audio)),
  }
}

/** Absent where the address is not encrypted. */
function mediaOf(from: { mediaDevices?: MediaDevices }): MediaDevices | undefined {
  return from.mediaDevices
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

/** A face, not a film: what one voice needs on a weak line. */
function pictureWanted(id: string): MediaTrackConstraints {
  return {
    width: { ideal: 640 },
    height: { ideal: 360 },
    frameRate: { ideal: 15, max: 30 },
    facingMode: 'user',
    ...(id === '' ? {} : { deviceId: { ideal: id } }),
  }
}

function soundWanted(id: string): MediaTrackConstraints {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(id === '' ? {} : { deviceId: { ideal: id } }),
  }
}

/** The names are those of the specification, and some older ones that browsers still use. */
export function faultOf(error: unknown): Fault {
  const name = (error as { name?: unknown } | null)?.name
  switch (name) {
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy'
    case 'TypeError':
      return 'insecure'
    default:
      return 'refused'
  }
}

function usedFor(fault: Fault | null): Use {
  return fault === null ? 'none' : fault === 'insecure' ? 'refused' : fault
}

async function givenUnasked(): Promise<boolean> {
  try {
    const names = ['camera', 'microphone'] as unknown as PermissionName[]
    const found = await Promise.all(names.map((name) => navigator.permissions.query({ name })))
    return found.every(({ state }) => state === 'granted')
  } catch {
    return false
  }
}

function remembered(storage: Pick<Storage, 'getItem'> | null): { camera: string; microphone: string } {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? 'null') as { camera?: unknown; microphone?: unknown } | null
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    return { camera: text(kept?.camera), microphone: text(kept?.microphone) }
  } catch {
    return { camera: '', microphone: '' }
  }
}
