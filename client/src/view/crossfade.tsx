// One thing in place of another, in the same place: the old fades out while the new fades in, and nothing is moved.
import type { ComponentChild } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface Layer {
  key: string
  of: string
  /** As it was drawn last; drawn again unchanged while it leaves. */
  drawn: ComponentChild
}

const FADE_MS = 700

/** `of` names what is shown: another name fades, the same name only draws anew. */
export function Crossfade({ of, children, class: name = '' }: { of: string; children: ComponentChild; class?: string }) {
  const serial = useRef(0)
  const current = useRef<Layer | null>(null)
  const leaving = useRef<Layer[]>([])
  const [, redraw] = useState(0)

  if (current.current === null || current.current.of !== of) {
    if (current.current !== null && !isStill()) leaving.current = [...leaving.current.slice(-1), current.current]
    serial.current += 1
    current.current = { key: `${of}#${serial.current}`, of, drawn: children }
  } else {
    current.current.drawn = children
  }

  useEffect(() => {
    if (leaving.current.length === 0) return
    const timer = setTimeout(() => {
      leaving.current = []
      redraw((n) => n + 1)
    }, FADE_MS)
    return () => clearTimeout(timer)
  }, [of])

  return (
    <div class={`crossfade ${name}`}>
      {leaving.current.map((layer) => (
        <div class="crossfade-layer" key={layer.key} data-leaving aria-hidden="true" inert>
          {layer.drawn}
        </div>
      ))}
      <div class="crossfade-layer" key={current.current.key} data-first={serial.current === 1 || undefined}>
        {children}
      </div>
    </div>
  )
}

/** Whether the person asked for no motion. */
export function isStill(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches
}
