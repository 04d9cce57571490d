// An award, and those who are given it, one after the other.
import { t } from '../text/messages'
import type * as wire from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { Crossfade } from './crossfade'
import { From, Name, Said, Words } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'

export function Honours({ item, detail, run, step }: PictureProps<wire.Honours>) {
  const one = detail.recipients[step]
  return (
    <section class="picture honours">
      <Over item={item} />
      {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={t('The award')} />}
      <Crossfade of={String(step)}>
        <div class="honours-one">
          <p class="lead">
            <Said of={detail.award} />
          </p>
          {one !== undefined && (
            <>
              <p class="huge">
                <Name of={one.name} />
              </p>
              <p class="lead second">
                <From community={one.community} />
              </p>
              <Words of={one.citation} />
            </>
          )}
        </div>
      </Crossfade>
    </section>
  )
}
