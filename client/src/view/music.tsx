// Music, an anthem, a bell: what sounds, by whom; and the invitation to rise.
import { t, tn } from '../text/messages'
import type * as wire from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { BellDrawing } from './drawings'
import { Name, Said, usePage, Words } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'

export function Music({ item, detail, run }: PictureProps<wire.Music | wire.Anthem>) {
  const { text } = usePage()
  return (
    <section class="picture music" data-film={hasPicture(item.media) ? '' : undefined}>
      <Over item={item} />
      {detail.stand_invite && <p class="lead rise">{t('Those who can, please rise; those seated stay seated.')}</p>}
      {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={text(detail.work) || text(item.title)} />}
      <div class="music-what">
        {text(detail.work) !== '' && (
          <p class="huge">
            <Said of={detail.work} />
          </p>
        )}
        {text(detail.performer) !== '' && (
          <p class="lead second">
            <Name of={detail.performer} />
          </p>
        )}
        {detail.rights !== '' && <p class="second">{detail.rights}</p>}
      </div>
      <Words of={item.text} class="poem" verse />
    </section>
  )
}

export function Bell({ item, detail, step }: PictureProps<wire.Bell>) {
  return (
    <section class="picture bell">
      <Over item={item} />
      <div class="bell-drawing">
        <BellDrawing />
      </div>
      <p class="lead second">{tn('{n} stroke', '{n} strokes', detail.strokes)}</p>
      <div class="dots" aria-hidden="true">
        {Array.from({ length: Math.min(40, detail.strokes) }, (_, at) => (
          <span key={at} data-is={at < step ? 'past' : at === step ? 'now' : 'ahead'} />
        ))}
      </div>
      <Words of={item.text} />
    </section>
  )
}
