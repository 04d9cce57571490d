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
const WIDE = 1200
const HIGH = 675

export function Candle({ item, detail }: PictureProps<CandleDetail>) {
  const page = usePage()
  const { presence, you } = page.live.value
  const count = presence?.candles[item.id] ?? 0
  const own = you?.lit.includes(item.id) ?? false
  return (
    <section class="picture candles">
      <Field count={count} own={own} />
      <div class="candles-words">
        <Over item={item} />
        <Words of={page.text(detail.prompt) === '' ? item.text : detail.prompt} class="large" />
        <p class="candles-count">{detail.counter && count > 0 ? tn('{n} candle is burning', '{n} candles are burning', count) : ''}</p>
        {page.variant === 'participant' && detail.mode !== 'host' && <Light item_id={item.id} own={own} />}
      </div>
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
      <button class="button" type="button" data-main aria-disabled={own || asked} onClick={() => void light()}>
        {own || asked ? t('Your candle is burning') : t('Light a candle')}
      </button>
      <p class="hint" role="status">
        {fault}
      </p>
    </div>
  )
}

/** Lights strewn evenly by the golden ratio: each new one finds its place, none of the others moves. */
function Field({ count, own }: { count: number; own: boolean }) {
  const id = useId()
  const shown = Math.min(LIGHTS_MOST, count)
  const lights = []
  for (let at = 0; at < shown; at++) lights.push(<Spark key={at} at={at} id={id} own={own && at === shown - 1} />)
  return (
    <svg class="field-of-lights" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
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
  const { x, y } = placeOf(at)
  const far = (y - HIGH * 0.4) / (HIGH * 0.6)
  return <circle class="spark" cx={x} cy={y} r={(own ? 26 : 12) + 10 * far} fill={`url(#${id})`} />
}

/** The lower part of the picture, denser towards the horizon, as a field is. */
export function placeOf(at: number): { x: number; y: number } {
  const across = (0.5 + (at + 1) * 0.618033988749895) % 1
  const down = (0.37 + (at + 1) * 0.7548776662466927) % 1
  return { x: Math.round(across * WIDE), y: Math.round(HIGH * (0.42 + 0.56 * down ** 1.6)) }
}
