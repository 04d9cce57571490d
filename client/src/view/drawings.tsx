// The few things that are drawn: a candle, a wreath, a flower, a bell. No photographs of grief, no moving parts.
import { useId } from 'preact/hooks'

/** A candle that burns without moving. The glow behind it is the stylesheet's. */
export function Flame() {
  const id = useId()
  return (
    <svg class="flame" viewBox="0 0 200 440" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={`${id}outer`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#f7d58b" />
          <stop offset=".45" stop-color="#f2b64a" />
          <stop offset=".82" stop-color="#c97a2c" />
          <stop offset="1" stop-color="#4a4f66" />
        </linearGradient>
        <linearGradient id={`${id}inner`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#fff3d0" />
          <stop offset=".7" stop-color="#ffe9b4" />
          <stop offset="1" stop-color="#e7a850" />
        </linearGradient>
        <linearGradient id={`${id}wax`} x1="0" y1="0" x2="1" y2="0">
          <stop offset="0" stop-color="#5a5140" />
          <stop offset=".32" stop-color="#b5a582" />
          <stop offset=".55" stop-color="#a29270" />
          <stop offset="1" stop-color="#453d30" />
        </linearGradient>
        <linearGradient id={`${id}lit`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#ffdf9c" stop-opacity=".75" />
          <stop offset="1" stop-color="#ffdf9c" stop-opacity="0" />
        </linearGradient>
        <radialGradient id={`${id}aura`}>
          <stop offset="0" stop-color="#f2b64a" stop-opacity=".3" />
          <stop offset=".45" stop-color="#c97a2c" stop-opacity=".1" />
          <stop offset="1" stop-color="#c97a2c" stop-opacity="0" />
        </radialGradient>
        <linearGradient id={`${id}down`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#fff" />
          <stop offset=".3" stop-color="#fff" />
          <stop offset="1" stop-color="#000" />
        </linearGradient>
        <mask id={`${id}fade`}>
          <rect x="60" y="245" width="80" height="195" fill={`url(#${id}down)`} />
        </mask>
        <filter id={`${id}soft`} x="-20%" y="-20%" width="140%" height="140%">
          <feGaussianBlur stdDeviation="1.3" />
        </filter>
      </defs>
      <ellipse cx="100" cy="168" rx="96" ry="128" fill={`url(#${id}aura)`} />
      <g mask={`url(#${id}fade)`}>
        <path d="M72 262c5-7 16-10 28-10s23 3 28 10v178H72z" fill={`url(#${id}wax)`} />
        <path d="M72 262c5-7 16-10 28-10s23 3 28 10v90H72z" fill={`url(#${id}lit)`} />
        <ellipse cx="100" cy="262" rx="28" ry="6.5" fill="#c9b184" />
        <ellipse cx="100" cy="262.5" rx="17" ry="3.6" fill="#ecd29a" />
      </g>
      <path d="M100 262c-2-11 1-19 0-34" stroke="#2b2118" stroke-width="3.4" stroke-linecap="round" fill="none" />
      <g filter={`url(#${id}soft)`}>
        <path
          d="M101 58c3 40 30 74 30 121 0 33-14 54-31 54s-31-21-31-54c0-49 28-82 32-121z"
          fill={`url(#${id}outer)`}
        />
        <path d="M101 124c2 24 16 40 16 68 0 20-7 33-17 33s-17-13-17-33c0-28 15-44 18-68z" fill={`url(#${id}inner)`} />
      </g>
    </svg>
  )
}

/** A wreath of leaves, tied below. */
export function WreathDrawing() {
  const leaves = []
  const count = 26
  for (let at = 0; at < count; at++) {
    // The seam lies below, under the flowers.
    const turn = 180 + (360 / count) * at
    leaves.push(
      <g key={at} transform={`rotate(${turn} 120 120)`}>
        <path d="M120 50c-17-7-29-23-30-42 19 2 33 18 35 38z" fill="var(--leaf-dark)" />
        <path d="M121 48c3-19 15-33 34-39 1 20-12 38-31 44z" fill="var(--leaf)" />
        <path d="M119 62c-13 2-25-4-33-16 14-4 28 1 36 12z" fill="var(--leaf)" />
        <path d="M122 62c8-11 20-16 34-13-6 13-19 21-33 19z" fill="var(--leaf-dark)" />
      </g>,
    )
  }
  const flowers = [206, 154, 180].map((turn) => (
    <g key={turn} transform={`rotate(${turn} 120 120) translate(120 47)`}>
      {[0, 72, 144, 216, 288].map((petal) => (
        <ellipse key={petal} cx="0" cy="-9" rx="8" ry="10.5" fill="#e6ddc9" stroke="#b8aa8a" transform={`rotate(${petal})`} />
      ))}
      <circle r="5" fill="#b9a679" />
    </g>
  ))
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <circle cx="120" cy="120" r="70" fill="none" stroke="var(--leaf-dark)" stroke-width="16" />
      {leaves}
      {flowers}
    </svg>
  )
}

/** A single carnation. */
export function FlowerDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M120 92c4 44 2 92-8 140" stroke="var(--leaf)" stroke-width="6" fill="none" stroke-linecap="round" />
      <path d="M121 148c20-8 36-26 42-48-22 6-38 24-42 48z" fill="var(--leaf)" />
      <path d="M119 176c-20-6-36-20-44-40 22 2 40 16 44 40z" fill="var(--leaf-dark)" />
      <path d="M104 92h32l-6 26h-20z" fill="var(--leaf-dark)" />
      <path
        d="M120 96c-22 0-44-14-46-36l10 6 2-16 12 10 4-20 12 14 6-18 6 18 12-14 4 20 12-10 2 16 10-6c-2 22-24 36-46 36z"
        fill="#e6ddc9"
      />
      <path d="M120 94c-12-6-20-18-22-34l10 10 12-16 12 16 10-10c-2 16-10 28-22 34z" fill="#cfc3a6" />
    </svg>
  )
}

export function BellDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M120 24v22" stroke="var(--line)" stroke-width="8" stroke-linecap="round" />
      <path d="M120 40c38 0 54 30 56 66 2 40 8 58 28 76H36c20-18 26-36 28-76 2-36 18-66 56-66z" fill="var(--wood)" />
      <path d="M120 40c38 0 54 30 56 66 2 40 8 58 28 76h-30c-14-20-18-44-20-76-2-36-12-66-34-66z" fill="#000" opacity=".2" />
      <path d="M30 182h180v12H30z" fill="var(--line)" />
      <circle cx="120" cy="206" r="13" fill="var(--line)" />
    </svg>
  )
}

/** An empty frame, where a photograph would be laid. */
export function FrameDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 240 240" aria-hidden="true" focusable="false">
      <path d="M48 20h144v200H48z" fill="var(--wood)" />
      <path d="M64 36h112v168H64z" fill="var(--linen)" />
      <path d="M48 176l44 44H48z" fill="#111" />
    </svg>
  )
}

type IconName = 'sound' | 'muted' | 'speak' | 'help' | 'close' | 'back'

const SHAPES: Record<IconName, string> = {
  sound: 'M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  muted: 'M4 9h4l5-4v14l-5-4H4zM16.5 9.5l5 5M21.5 9.5l-5 5',
  speak: 'M4 5h16v11h-9l-5 4v-4H4zM8 9h8M8 12h5',
  help: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.8v.2',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M5 12h14M5 12l6-6M5 12l6 6',
}

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={SHAPES[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
