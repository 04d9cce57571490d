// What the console has of the stage: who is shown, the pictures that come, and the host's own camera and microphone.
import { signal, type ReadonlySignal } from '@preact/signals'
import type { OnDeck, StageShown } from '../../wire'
import type { Desk } from './desk'

type Device = OnDeck['camera']

/** One camera or microphone of this computer, as its browser names it. */
export interface Apparatus {
  id: string
  label: string
}

/** The host's own camera and microphone. */
export interface Own {
  camera: Device
  microphone: Device
  /** What the camera gives; null while it is closed. */
  picture: MediaStream | null
  muted: boolean
  cameras: Apparatus[]
  microphones: Apparatus[]
  chosen: { camera: string; microphone: string }
}

export interface Backstage {
  shown: ReadonlySignal<StageShown | null>
  /** Picture and sound by feed; read in a drawing, it follows. */
  streams: ReadonlySignal<ReadonlyMap<string, MediaStream>>
  own: ReadonlySignal<Own>
  /** How loud the own microphone is, 0 to 1. */
  level: ReadonlySignal<number>
  /** To be called in a press. Resolves when both devices have been asked for. */
  open(wanted: { picture: boolean }): Promise<void>
  close(): void
  mute(on: boolean): void
  choose(what: 'camera' | 'microphone', id: string): Promise<void>
}

const CLOSED: Own = {
  camera: 'unknown',
  microphone: 'unknown',
  picture: null,
  muted: false,
  cameras: [],
  microphones: [],
  chosen: { camera: '', microphone: '' },
}

const known = new WeakMap<object, Backstage>()

export function backstageOf(desk: Desk): Backstage {
  const found = known.get(desk.session)
  if (found !== undefined) return found
  const made = makeBackstage()
  known.set(desk.session, made)
  return made
}

function makeBackstage(): Backstage {
  return {
    shown: signal(null),
    streams: signal(new Map()),
    own: signal(CLOSED),
    level: signal(0),
    open: async () => {},
    close: () => {},
    mute: () => {},
    choose: async () => {},
  }
}
