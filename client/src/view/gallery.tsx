// Photographs, one at a time, each with what it shows and whose it is.
import { t } from '../text/messages'
import type { Gallery as GalleryDetail, Item, Picture } from '../wire'
import { Crossfade } from './crossfade'
import { Said, usePage, Words } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'
import { place } from './testimony'

export function Gallery({ item, detail, step, over }: PictureProps<GalleryDetail>) {
  const page = usePage()
  const shown = detail.images[step]
  const next = detail.images[step + 1]
  const offered = over && detail.downloadable && page.variant !== 'hall' && page.variant !== 'preview'
  return (
    <section class="picture gallery">
      <Over item={item}>{detail.images.length > 1 && <span class="over-more">{place(step + 1, detail.images.length)}</span>}</Over>
      {shown === undefined ? (
        <Words of={item.text} />
      ) : (
        <Crossfade of={String(step)}>
          <figure class="photograph">
            <img src={shown.url} alt={page.text(shown.caption)} />
            <figcaption>
              <Said of={shown.caption} />
              {shown.credit !== '' && <span class="second"> {shown.credit}</span>}
            </figcaption>
          </figure>
        </Crossfade>
      )}
      {/* Fetched ahead, so that no picture comes in pieces. */}
      {next !== undefined && <img src={next.url} alt="" class="unseen" aria-hidden="true" />}
      {offered && <Pictures of={[item]} />}
    </section>
  )
}

/** The photographs that may be kept, as links. */
export function Pictures({ of }: { of: Item[] }) {
  const page = usePage()
  const pictures: Picture[] = of.flatMap((item) =>
    item.detail.kind === 'gallery' && item.detail.downloadable ? item.detail.images : [],
  )
  if (pictures.length === 0) return null
  return (
    <details class="keep">
      <summary>{t('Photographs to keep')}</summary>
      <ul class="links">
        {pictures.map((one, at) => (
          <li key={one.url}>
            <a href={one.url} download>
              {page.text(one.caption) === '' ? t('Photograph {n}', { n: at + 1 }) : <Said of={one.caption} />}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
