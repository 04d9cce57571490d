// Candles lit together: a quiet field of small lights, as many as there are candles, and one's own among them.
import { useId, useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import type { Candle as CandleDetail } from '../wire'
import { refusalSaid } from './refusals'
import { usePage, Words } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'

/** More lights than this are one light to the eye. */
const LIGHTS_MOST = 360

export function Candle({ item, detail }: PictureProps<CandleDetail>) {
  const page = usePage()
  const { presence, you } = page.live.value
  const count = presence?.candles[item.id] ?? 0
  const own = you?.lit.includes(item.id) ?? false
  return (
    <section class="picture candles">
      <div class="candles-words">
        <Over item={item} />
        <Words of={page.text(detail.prompt) === '' ? item.text : detail.prompt} class="large" />
        <p class="candles-count">{detail.counter && count > 0 ? tn('{n} candle is burning', '{n} candles are burning', count) : ''}</p>
        {page.variant === 'participant' && detail.mode !== 'host' && <Light item_id={item.id} own={own} />}
      </div>
      <Field count={count} own={own} />
    </section>
  )
}

function Light({ item_id, own }: { item_id: string; own: boolean }) {
  const { session } = usePage()
  const [asked, setAsked] = useState(false)
  const [fault, setFault] = useState('')
  async function light(): Promise<void> {
    if (own || asked) return
    setAsked(true)
    const answer = await session.send('candle.light', { item_id })
    if (answer.ok) return
    setAsked(false)
    setFault(refusalSaid(answer))
  }
  return (
    <div class="candles-act">
      <button class="button" type="button" data-main data-done={own || asked || undefined} aria-disabled={own || asked} onClick={() => void light()}>
        {own || asked ? t('Your candle is burning') : t('Light a candle')}
      </button>
      <p class="hint" role="status">
        {fault}
      </p>
    </div>
  )
}

/** Lights strewn over a field: each new one finds its place, none of the others moves. */
function Field({ count, own }: { count: number; own: boolean }) {
  const id = useId()
  const shown = Math.min(LIGHTS_MOST, count)
  const lights = []
  for (let at = 0; at < shown; at++) lights.push(<Spark key={at} at={at} id={id} own={own && at === shown - 1} />)
  return (
    <svg class="field-of-lights" aria-hidden="true" focusable="false">
      <defs>
        <radialGradient id={id}>
          <stop offset="0" stop-color="#fff0c4" />
          <stop offset=".16" stop-color="#f6c964" />
          <stop offset=".3" stop-color="#c98f35" stop-opacity=".4" />
          <stop offset="1" stop-color="#c98f35" stop-opacity="0" />
        </radialGradient>
      </defs>
      {lights}
    </svg>
  )
}

function Spark({ at, id, own }: { at: number; id: string; own: boolean }) {
  const { across, down } = placeOf(at)
  const radius = 9 + 13 * down + (own ? 12 : 0)
  return (
    <circle class="spark" cx={`${(across * 100).toFixed(2)}%`} cy={`${(6 + down * 88).toFixed(2)}%`} r={radius.toFixed(1)} fill={`url(#${id})`} />
  )
}

/**
 * Where light number `at` stands, 0 to 1 across and down, always the same; denser far away, as a field is. A hash
 * strews them, so that no lattice shows.
 */
export function placeOf(at: number): { across: number; down: number } {
  const across = (0.5 + (at + 1) * 0.618033988749895 + 0.06 * hash(at)) % 1
  return { across, down: hash(at + 7919) ** 1.35 }
}

function hash(value: number): number {
  let mixed = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}
