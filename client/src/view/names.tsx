// Names, read one after another at their pace; those just read are still there, above.
import { t } from '../text/messages'
import type { NameRead, Names as NamesDetail } from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { Flame } from './flame'
import { Name, usePage } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'

/** What one step of the reading is: names, or a pause kept silent (null). */
export function readingOf(detail: NamesDetail): (NameRead[] | null)[] {
  const size = detail.grouping === 'pair' ? 2 : 1
  const read: (NameRead[] | null)[] = []
  const groups = Math.ceil(detail.names.length / size)
  for (let at = 0; at < groups; at++) {
    for (const silent of detail.silences_at) if (silent === at) read.push(null)
    read.push(detail.names.slice(at * size, at * size + size))
  }
  // Those that lie beyond the last name end the reading.
  for (const silent of detail.silences_at) if (silent >= groups) read.push(null)
  return read
}

export function Names({ item, detail, run, step }: PictureProps<NamesDetail>) {
  const { text } = usePage()
  const read = readingOf(detail)
  const now = read[step] ?? null
  const before = read.slice(0, step).flatMap((group) => group ?? []).slice(-3)
  return (
    <section class="picture names">
      <Over item={item} />
      {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={t('The reading of names')} />}
      <div class="names-roll">
        <ol class="names-before" aria-hidden="true">
          {before.map((one) => (
            <li key={one.name}>
              <Name of={one.name} />
            </li>
          ))}
        </ol>
        <div class="names-now" key={step}>
          {now === null ? (
            <Flame />
          ) : (
            now.map((one) => (
              <p key={one.name}>
                <span class="huge">
                  <Name of={one.name} />
                </span>
                {one.note !== '' && <span class="lead second">{one.note}</span>}
              </p>
            ))
          )}
        </div>
      </div>
      {detail.readers.length > 0 && (
        <p class="second">
          {t('Read by {name}', { name: text(detail.readers[step % detail.readers.length]) })}
        </p>
      )}
    </section>
  )
}
