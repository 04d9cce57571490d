// A laying of wreaths, one at a time in the order of protocol, which is the same for everybody.
import type { ComponentChild } from 'preact'
import { t } from '../text/messages'
import type { Wreath, WreathLaying as WreathLayingDetail } from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { Crossfade } from './crossfade'
import { FlowerDrawing, FrameDrawing, WreathDrawing } from './drawings'
import { Flame } from './flame'
import { countryName, Said, sameWords, usePage } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'
import { place, stepStartMs } from './testimony'

/** Beyond this many a row of dots says nothing any more. */
const DOTS_MOST = 40

export function WreathLaying({ item, detail, run, step }: PictureProps<WreathLayingDetail>) {
  const page = usePage()
  const state = page.live.value.state
  const wreath = detail.wreaths[step]
  const next = detail.wreaths[step + 1]
  if (wreath === undefined) return null
  const laid = state?.tributes.laid.some((one) => one.item_id === item.id && one.wreath === step) ?? false
  const community = page.text(wreath.community)
  const country = countryName(page, wreath.country)
  const ownFilm = hasPicture(wreath.media)
  const from_ms = state === null || !ownFilm ? 0 : stepStartMs(item, run, state.progress, step)
  const media = ownFilm ? wreath.media : item.media
  return (
    <section class="picture wreaths" data-film={hasPicture(media) ? '' : undefined}>
      <Over item={item}>
        {page.text(detail.place) !== '' && (
          <span class="over-more">
            <Said of={detail.place} />
          </span>
        )}
      </Over>
      <div class="wreaths-picture">
        {hasPicture(media) ? (
          <Broadcast media={media} run={run} from_ms={from_ms} label={community} />
        ) : (
          <Crossfade of={String(step)}>{drawn(wreath)}</Crossfade>
        )}
      </div>
      <Crossfade of={String(step)} class="wreaths-card">
        <div class="wreath-card">
          <p class="wreath-community">
            <Said of={wreath.community} />
          </p>
          <p class="plate-note">
            {country !== '' && !sameWords(country, community) && <bdi>{country}</bdi>}
            {page.text(wreath.layer) !== '' && <span>{t('Laid by {name}', { name: page.text(wreath.layer) })}</span>}
            {laid && <span>{t('Laid by their own hands')}</span>}
          </p>
          {page.text(wreath.ribbon) !== '' && (
            <p class="ribbon">
              <span class="ribbon-cloth">
                <Said of={wreath.ribbon} />
              </span>
            </p>
          )}
          <LayOurs item_id={item.id} wreath={wreath} at={step} laid={laid} />
        </div>
      </Crossfade>
      <p class="wreaths-way">
        <span class="digits">{place(step + 1, detail.wreaths.length)}</span>
        <span class="second">
          {next === undefined ? '' : <>{t('Then:')} <Said of={next.community} /></>}
        </span>
      </p>
      <Dots count={detail.wreaths.length} at={step} />
    </section>
  )
}

function drawn(wreath: Wreath): ComponentChild {
  switch (wreath.tribute) {
    case 'wreath':
      return <WreathDrawing />
    case 'flower':
      return <FlowerDrawing />
    case 'candle':
      return <Flame />
    case 'photograph':
      return <FrameDrawing />
  }
}

/** For who has come with this delegation: their own hand in it. */
function LayOurs({ item_id, wreath, at, laid }: { item_id: string; wreath: Wreath; at: number; laid: boolean }) {
  const page = usePage()
  const me = page.live.value.you?.participant
  if (page.variant !== 'participant' || me === undefined || !belongs(wreath, me.community, me.country)) return null
  return (
    <button
      class="button"
      type="button"
      data-main
      data-done={laid || undefined}
      aria-disabled={laid}
      onClick={() => !laid && void page.session.send('wreath.lay', { item_id, wreath: at })}
    >
      {laid ? t('Our wreath is laid') : t('Lay our wreath')}
    </button>
  )
}

/** Twin of the server's rule in domain/laying.py. */
export function belongs(wreath: Wreath, community: string, country: string | null): boolean {
  if (wreath.country !== null && wreath.country === country) return true
  const own = community.toLocaleLowerCase()
  return Object.values(wreath.community).some((name) => name.toLocaleLowerCase() === own)
}

/** How far it has come, at a glance; the words beside it say the same. */
export function Dots({ count, at }: { count: number; at: number }) {
  if (count > DOTS_MOST) return null
  return (
    <div class="dots" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <span key={index} data-is={index < at ? 'past' : index === at ? 'now' : 'ahead'} />
      ))}
    </div>
  )
}
