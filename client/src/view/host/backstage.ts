// The host's own camera and microphone as the console draws them, over the page's part in the stage.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Choices, Fault } from '../../stage/devices'
import type { OnDeck, StageShown } from '../../wire'
import { stageOf } from '../stage/attend'
import type { Desk } from './desk'

type Device = OnDeck['camera']

/** The host's own camera and microphone. */
export interface Own {
  camera: Device
  microphone: Device
  cameraFault: Fault | null
  microphoneFault: Fault | null
  /** What the camera gives; null while it is closed. */
  picture: MediaStream | null
  /** The microphone is open, and nothing of it is sent. */
  muted: boolean
  /** Another window of this host is on the stage. */
  elsewhere: boolean
}

export interface Backstage {
  shown: ReadonlySignal<StageShown | null>
  /** The pictures of those on the stage, by key. */
  faces: ReadonlySignal<ReadonlyMap<string, MediaStream>>
  own: ReadonlySignal<Own>
  /** How loud the own microphone is, 0 to 1. */
  level: ReadonlySignal<number>
  choices: ReadonlySignal<Choices>
  /** The browser wants a press before anybody is heard. */
  blocked: ReadonlySignal<boolean>
  /** Fetches what is needed for it, so that a press need not wait. */
  prepare(): void
  /** To be called in a press. Resolves when both devices have been asked for; nothing is sent before `send`. */
  open(wanted: { picture: boolean }): Promise<void>
  /** Whatever the devices give goes out as soon as the host is on the stage. */
  send(): void
  close(): void
  mute(on: boolean): void
  choose(what: 'camera' | 'microphone', id: string): Promise<void>
  lookForDevices(): Promise<void>
  /** To be called in a press. */
  prime(): void
}

const known = new WeakMap<object, Backstage>()

export function backstageOf(desk: Desk): Backstage {
  const found = known.get(desk.session)
  if (found !== undefined) return found
  const made = makeBackstage(desk)
  known.set(desk.session, made)
  return made
}

function makeBackstage(desk: Desk): Backstage {
  const attended = stageOf(desk.session)
  const muted = signal(false)
  const level = signal(0)
  const choices = signal<Choices>({ cameras: [], microphones: [], camera: '', microphone: '' })
  /** The host has pressed here, and not left since. */
  const willing = signal(false)
  let endLevel: (() => void) | null = null

  const own = computed((): Own => {
    const state = attended.stage.value
    const checks = state?.checks
    return {
      camera: checks?.camera ?? 'unknown',
      microphone: checks?.microphone ?? 'unknown',
      cameraFault: checks?.cameraFault ?? null,
      microphoneFault: checks?.microphoneFault ?? null,
      picture: state?.preview ?? null,
      muted: muted.value,
      elsewhere: state?.elsewhere === true,
    }
  })

  const faces = computed(() => {
    const found = new Map<string, MediaStream>()
    for (const { person, stream } of attended.stage.value?.people ?? []) if (stream !== null) found.set(person.key, stream)
    return found
  })

  // Whatever track the microphone has by now; a silence gives it another.
  effect(() => {
    const isMuted = muted.value
    const audio = attended.stage.value === null ? null : attended.core?.devices.audio
    if (audio != null && !desk.calm.peek() && audio.enabled === isMuted) audio.enabled = !isMuted
  })

  // The right may come under another key than the one that the page was willing for.
  effect(() => {
    const onStage = attended.grant.value?.level === 'on_stage'
    if (onStage && willing.value && attended.stage.value?.willing === false) queueMicrotask(() => attended.core?.setWilling(true))
  })

  async function lookForDevices(): Promise<void> {
    const core = await attended.need()
    choices.value = await core.devices.choices()
  }

  return {
    shown: attended.shown,
    faces,
    own,
    level,
    choices,
    blocked: computed(() => attended.stage.value?.soundBlocked === true),
    prepare: () => void attended.need(),
    async open({ picture }) {
      const core = await attended.need()
      endLevel ??= core.devices.onLevel((now) => (level.value = now))
      muted.value = false
      await core.devices.setVoiceOnly(!picture)
      await core.open()
      void lookForDevices()
    },
    send() {
      willing.value = true
      attended.core?.setWilling(true)
    },
    close() {
      willing.value = false
      attended.core?.stop()
      level.value = 0
    },
    mute: (on) => (muted.value = on),
    async choose(what, id) {
      const core = await attended.need()
      await core.devices.choose(what, id)
      await lookForDevices()
    },
    lookForDevices,
    prime: () => attended.core?.prime(),
  }
}
