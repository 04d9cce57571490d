// A silence as a bar: invitation, stillness, the silence itself, rest, as long as they are to one another.
import { mark, t, tn } from '../../text/messages'
import { length } from '../../view/host/words'
import { isTable, type Json } from './paths'
import { SILENCE_PARTS, workedOut_s } from './timing'

const NAMES: Readonly<Record<(typeof SILENCE_PARTS)[number][0], string>> = {
  invitation_s: mark('Invitation'),
  stillness_s: mark('Stillness'),
  duration_s: mark('Silence'),
  quiet_after_s: mark('Rest'),
}

export function SilenceBar({ item }: { item: Json }) {
  const parts = SILENCE_PARTS.map(([key, otherwise]) => {
    const found = isTable(item) ? item[key] : undefined
    return { key, length_s: typeof found === 'number' ? Math.max(0, found) : otherwise }
  })
  return (
    <figure class="e-silence is-wide">
      <div class="e-bar" aria-hidden="true">
        {parts
          .filter((part) => part.length_s > 0)
          .map((part) => (
            <span key={part.key} class={`is-${part.key}`} style={{ flexGrow: part.length_s }} />
          ))}
      </div>
      <figcaption>
        <ol class="e-legend">
          {parts.map((part) => (
            <li key={part.key} class={`is-${part.key}`}>
              <b>{t(NAMES[part.key])}</b> {tn('{n} second', '{n} seconds', part.length_s)}
            </li>
          ))}
        </ol>
        <p>{t('Together {length}', { length: length((workedOut_s(item) ?? 0) * 1000) })}</p>
      </figcaption>
    </figure>
  )
}
