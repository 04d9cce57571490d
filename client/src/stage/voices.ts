// What is heard of the stage: one element for each feed, and each feed once.
export interface Voices {
  /** Whom to hear, by link; whoever is not named is not heard any more. */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void
  /** Each reason for itself: a silence does not turn on what a person has turned off. */
  setMuted(why: 'calm' | 'person', muted: boolean): void
  readonly blocked: boolean
  /** To be called in a press. */
  prime: () => void
}

interface VoicesOptions {
  onChange: () => void
  createElement?: () => HTMLAudioElement
}

export function createVoices({ onChange, createElement = () => new Audio() }: VoicesOptions): Voices {
  const elements = new Map<string, { element: HTMLAudioElement; track: MediaStreamTrack }>()
  const muted = { calm: false, person: false }
  let blocked = false

  function start(element: HTMLAudioElement): void {
    element
      .play()
      .then(() => set(false))
      .catch((error: unknown) => (error as Error).name === 'NotAllowedError' && set(true))
  }

  function set(now: boolean): void {
    if (now === blocked) return
    blocked = now
    // Any press will do.
    for (const kind of ['pointerdown', 'keydown']) {
      if (now) document.addEventListener(kind, prime)
      else document.removeEventListener(kind, prime)
    }
    onChange()
  }

  function prime(): void {
    for (const { element } of elements.values()) if (element.paused) start(element)
  }

  return {
    play(tracks) {
      for (const [link, { element, track }] of elements) {
        if (tracks.get(link) === track) continue
        element.pause()
        element.srcObject = null
        elements.delete(link)
      }
      for (const [link, track] of tracks) {
        if (elements.has(link)) continue
        const element = createElement()
        element.srcObject = new MediaStream([track])
        element.muted = muted.calm || muted.person
        elements.set(link, { element, track })
        start(element)
      }
      if (elements.size === 0) set(false)
    },
    setMuted(why, now) {
      muted[why] = now
      for (const { element } of elements.values()) element.muted = muted.calm || muted.person
    },
    get blocked() {
      return blocked
    },
    prime,
  }
}
