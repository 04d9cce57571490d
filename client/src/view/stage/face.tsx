// One person's moving picture. What comes next is shown with its first frame, and until then what was before: no black between.
import { useEffect, useRef } from 'preact/hooks'

interface Props {
  stream: MediaStream | null
  /** One's own picture, as everybody knows it from the glass. */
  mirrored?: boolean
  /** Whether there is anything to be seen. */
  onSeen?: (seen: boolean) => void
}

export function Face({ stream, mirrored = false, onSeen }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const tell = useRef(onSeen)
  tell.current = onSeen

  useEffect(() => {
    const place = box.current
    if (place === null) return
    if (stream === null) {
      empty(place)
      tell.current?.(false)
      return
    }
    const video = document.createElement('video')
    // Heard elsewhere, once (stage/voices.ts).
    video.muted = true
    video.playsInline = true
    video.autoplay = true
    video.disablePictureInPicture = true
    video.srcObject = stream
    const fit = () => video.toggleAttribute('data-upright', video.videoHeight > video.videoWidth)
    const seen = () => {
      video.dataset['seen'] = ''
      while (video.previousElementSibling !== null) drop(video.previousElementSibling)
      tell.current?.(true)
    }
    video.addEventListener('resize', fit)
    video.addEventListener('loadeddata', seen)
    place.append(video)
    void video.play().catch(() => undefined)
    return () => {
      video.removeEventListener('loadeddata', seen)
      // One that never came gives nothing to hold on to.
      if (video.dataset['seen'] === undefined) drop(video)
    }
  }, [stream])

  useEffect(() => {
    const place = box.current
    return () => {
      if (place !== null) empty(place)
    }
  }, [])

  return <div class="face" ref={box} data-mirrored={mirrored || undefined} aria-hidden="true" />
}

function empty(place: HTMLElement): void {
  while (place.firstElementChild !== null) drop(place.firstElementChild)
}

function drop(element: Element): void {
  if (element instanceof HTMLVideoElement) element.srcObject = null
  element.remove()
}
