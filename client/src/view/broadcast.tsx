// The one player of the page, put where the present item wants it. One, because WebKit unlocks sound element by element,
// in the press that enters.
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { language, t } from '../text/messages'
import type { Player, PlayerState } from '../player'
import { onHold, positionMs } from '../timeline'
import type { Media, Run } from '../wire'
import { soundOf } from './hearing'
import { usePage } from './page'
import { prefs, silenced } from './prefs'

interface Shared {
  place: HTMLElement
  player: Player
}

const AGAIN_MS = 3000

const shared = signal<Shared | null>(null)
let tell: ((state: PlayerState) => void) | null = null
let fetching = false

/** Once the door is drawn: nobody waits at it for a player. */
export function fetchPlayer(): void {
  if (fetching) return
  fetching = true
  import('../player')
    .then(({ createPlayer }) => {
      const place = document.createElement('div')
      place.className = 'player-place'
      shared.value = { place, player: createPlayer(place, { onState: (state) => tell?.(state) }) }
    })
    .catch(() => {
      fetching = false
      setTimeout(fetchPlayer, AGAIN_MS)
    })
}

/** To be called in the press that enters or that turns the sound on. */
export function primePlayer(): void {
  shared.peek()?.player.prime()
}

export function hasPicture(media: Media | null | undefined): media is Media {
  return media != null && (media.sources.length > 0 || media.still !== null)
}

interface Props {
  media: Media
  run: Run
  /** Where in the item's own time this broadcast begins. */
  from_ms?: number
  /** Says to a screen reader what is shown. */
  label: string
}

export function Broadcast({ media, run, from_ms = 0, label }: Props) {
  const page = usePage()
  const box = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<PlayerState | null>(null)
  const { session, text } = page
  // Nothing of other sites is fetched, and nothing sounds, before the person has pressed to enter.
  const { entered } = page.live.value
  const muted = silenced.value || !entered
  const video = prefs.value.video && entered

  const one = shared.value

  useEffect(() => {
    if (one === null) return fetchPlayer()
    const { place, player } = one
    const mount = box.current
    mount?.append(place)
    const mine = (next: PlayerState) => setState(next)
    tell = mine
    return () => {
      // The next picture may have taken the player already.
      if (place.parentNode !== mount) return
      if (tell === mine) tell = null
      player.stop()
      place.remove()
    }
  }, [one])

  const place_ms = useRef({ run, from_ms })
  place_ms.current = { run, from_ms }
  useEffect(() => {
    one?.player.show(
      {
        sources: media.sources,
        still: media.still,
        captions: media.captions.map((one) => ({ lang: one.language, url: one.url })),
        duration_s: media.duration_s,
        fallback_text: text(media.fallback_text),
        live: media.live,
        volume: media.volume,
      },
      {
        positionAt() {
          const now_ms = session.now()
          const at = place_ms.current
          return { position_ms: positionMs(at.run, now_ms) - at.from_ms, playing: !onHold(at.run, now_ms) }
        },
        clock_ms: () => session.now(),
        language: language(),
        muted,
        videoWanted: video,
        title: label,
      },
    )
  }, [one, media, muted, video, label, session, text])

  const picture = state?.picture ?? 'none'
  return (
    <div class="screen" data-picture={picture} data-captioned={media.captions.length > 0 || undefined}>
      <div class="screen-box" ref={box} role="group" aria-label={label} />
      {picture === 'waiting' && media.still === null && <p class="screen-note">{t('The picture is coming.')}</p>}
      {state?.soundBlocked && <FilmUnheard />}
    </div>
  )
}

/** The browser plays the film without its sound until something is pressed. One button, and none where another asks for the same. */
function FilmUnheard() {
  const { session, calm, variant } = usePage()
  if (calm.value || variant === 'preview' || soundOf(session).value !== 'running') return null
  return (
    <p class="screen-sound">
      <button class="button" type="button" data-main onClick={primePlayer}>
        {t('Turn sound on')}
      </button>
    </p>
  )
}
