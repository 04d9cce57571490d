// The candle.
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
