// A list whose rows are opened, put in order, copied and taken out: by buttons, by the keys of the handle, or by drawing it.
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { useEditing } from './editing'
import { dropPlace, duplicated, inserted, moved } from './lists'
import { Press } from './parts'
import type { Json, Path } from './paths'

interface Props {
  path: Path
  label: string
  /** What a row is called, for its buttons and when it was taken out. */
  nameOf: (value: Json, index: number) => string
  /** What is read while the row is closed; its name otherwise. */
  head?: (value: Json, index: number) => ComponentChildren
  children: (value: Json, index: number) => ComponentChildren
  /** A key that goes with the row wherever it moves; else its number. */
  keyOf?: (value: Json, index: number) => string
  /** Words of the button that adds one, and what it adds. */
  add?: { words: string; make: () => Json }
  /** Rows too small to be opened and closed. */
  flat?: boolean
  copies?: boolean
  numbered?: boolean
}

interface Drag {
  from: number
  to: number
  by: number
}

/** Near the edge of the window the page follows what is drawn, by this many pixels a move. */
const EDGE = 72
const FOLLOWS = 14

export function Ordered(props: Props) {
  const { path, label, nameOf, head, children, add, flat = false, copies = false, numbered = false } = props
  const { draft, off } = useEditing()
  const id = useId()
  const list = useRef<HTMLOListElement>(null)
  const focus = useRef<{ index: number; on: string } | null>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [drag, setDrag] = useState<Drag | null>(null)
  const [said, setSaid] = useState('')
  const values = (draft.value(path) ?? []) as readonly Json[]
  const keyOf = props.keyOf ?? ((_: Json, index: number) => String(index))

  useLayoutEffect(() => {
    if (focus.current === null) return
    const { index, on } = focus.current
    const row = list.current?.children[index]
    const found = row?.querySelector<HTMLElement>(on) ?? document.getElementById(`${id}add`)
    focus.current = null
    found?.focus()
  })

  function toggle(key: string): void {
    const next = new Set(opened)
    if (!next.delete(key)) next.add(key)
    setOpened(next)
  }

  function move(from: number, to: number, on: string): void {
    const place = Math.min(Math.max(0, to), values.length - 1)
    const value = values[from]
    if (place === from || value === undefined) return
    if (props.keyOf === undefined) {
      const order = moved(values.map((_, index) => opened.has(String(index))), from, place)
      setOpened(new Set(order.flatMap((isOpen, index) => (isOpen ? [String(index)] : []))))
    }
    focus.current = { index: place, on }
    draft.list(path, (now) => moved(now, from, place))
    setSaid(t('{name} is now number {place} of {count}.', { name: nameOf(value, from), place: place + 1, count: values.length }))
  }

  function remove(index: number): void {
    const value = values[index]
    if (value === undefined) return
    if (props.keyOf === undefined) setOpened(new Set())
    focus.current = { index: Math.min(index, values.length - 2), on: '.e-grip' }
    draft.take(path, index, nameOf(value, index))
  }

  function addOne(): void {
    if (add === undefined) return
    const fresh = add.make()
    setOpened(new Set([...opened, keyOf(fresh, values.length)]))
    focus.current = { index: values.length, on: '.e-inside :is(input, textarea, select)' }
    draft.list(path, (now) => inserted(now, now.length, fresh))
  }

  function copy(index: number): void {
    if (props.keyOf === undefined) setOpened(new Set())
    focus.current = { index: index + 1, on: '.e-grip' }
    draft.list(path, (now) => duplicated(now, index))
  }

  return (
    <div class="e-ordered">
      <ol class={`e-rows${drag === null ? '' : ' is-dragging'}`} ref={list} aria-label={label}>
        {values.map((value, index) => {
          const key = keyOf(value, index)
          const name = nameOf(value, index)
          const isOpen = flat || opened.has(key)
          const place = drag === null || drag.from === index || drag.to !== index ? '' : drag.to < drag.from ? ' is-before' : ' is-after'
          return (
            <li
              key={key}
              class={`e-row${isOpen ? ' is-open' : ''}${drag?.from === index ? ' is-drawn' : ''}${place}`}
              style={drag?.from === index ? { transform: `translateY(${drag.by}px)` } : undefined}
            >
              <div class="e-head">
                {!off && (
                  <Grip
                    list={list}
                    index={index}
                    name={name}
                    onDraw={setDrag}
                    onMove={(to) => move(index, to, '.e-grip')}
                  />
                )}
                {numbered && <span class="e-number">{index + 1}</span>}
                {flat ? (
                  <div class="e-inside">{children(value, index)}</div>
                ) : (
                  <button type="button" class="e-open" aria-expanded={isOpen} onClick={() => toggle(key)}>
                    {head === undefined ? <span class="e-name">{name}</span> : head(value, index)}
                  </button>
                )}
                {!off && (
                  <div class="e-tools" role="group" aria-label={name}>
                    <Press kind="quiet" off={index === 0} id={`${id}up${index}`} onPress={() => move(index, index - 1, '.e-tools > :nth-child(1)')}>
                      <span aria-hidden="true">↑</span>
                      {t('Earlier')}
                    </Press>
                    <Press kind="quiet" off={index === values.length - 1} onPress={() => move(index, index + 1, '.e-tools > :nth-child(2)')}>
                      <span aria-hidden="true">↓</span>
                      {t('Later')}
                    </Press>
                    {copies && (
                      <Press kind="quiet" onPress={() => copy(index)}>
                        {t('Copy')}
                      </Press>
                    )}
                    <Press kind="quiet" onPress={() => remove(index)}>
                      {t('Take out')}
                    </Press>
                  </div>
                )}
              </div>
              {!flat && isOpen && <div class="e-inside">{children(value, index)}</div>}
            </li>
          )
        })}
      </ol>
      {add !== undefined && !off && (
        <Press id={`${id}add`} onPress={addOne}>
          {add.words}
        </Press>
      )}
      <p class="unseen" role="status">
        {said}
      </p>
    </div>
  )
}

interface GripProps {
  list: { current: HTMLOListElement | null }
  index: number
  name: string
  onDraw: (drag: Drag | null) => void
  onMove: (to: number) => void
}

/** The handle of a row: drawn with the finger or the mouse, or moved by the arrow keys. */
function Grip({ list, index, name, onDraw, onMove }: GripProps) {
  const start = useRef<{ y: number; scroll: number; middles: number[]; to: number } | null>(null)

  function begin(event: PointerEvent): void {
    if (event.button !== 0 || list.current === null) return
    const grip = event.currentTarget as HTMLElement
    grip.setPointerCapture(event.pointerId)
    const middles = [...list.current.children].map((row) => {
      const { top, height } = row.getBoundingClientRect()
      return top + Math.min(height, 120) / 2
    })
    start.current = { y: event.clientY, scroll: scrollY, middles, to: index }
  }

  function draw(event: PointerEvent): void {
    const begun = start.current
    if (begun === null) return
    if (event.clientY < EDGE) scrollBy(0, -FOLLOWS)
    else if (event.clientY > innerHeight - EDGE) scrollBy(0, FOLLOWS)
    const by = event.clientY - begun.y + scrollY - begun.scroll
    begun.to = dropPlace(begun.middles, index, (begun.middles[index] ?? 0) + by)
    onDraw({ from: index, to: begun.to, by })
  }

  function end(event: PointerEvent): void {
    const begun = start.current
    giveUp()
    if (begun !== null && event.type === 'pointerup' && begun.to !== index) onMove(begun.to)
  }

  function giveUp(): void {
    start.current = null
    onDraw(null)
  }

  return (
    <button
      type="button"
      class="e-grip"
      aria-label={t('Move: {name}', { name })}
      title={t('Draw it to its place, or press the arrow keys')}
      onPointerDown={begin}
      onPointerMove={draw}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={(event) => {
        if (event.key === 'Escape') giveUp()
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
        event.preventDefault()
        onMove(index + (event.key === 'ArrowUp' ? -1 : 1))
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M5 8h14M5 12h14M5 16h14" />
      </svg>
    </button>
  )
}
