// Several who speak together, and who leads them.
import { t } from '../text/messages'
import type * as wire from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { Name, usePage } from './page'
import type { PictureProps } from './pictures'
import { Along, Over } from './spoken'

export function Panel({ item, detail, run }: PictureProps<wire.Panel>) {
  const { text } = usePage()
  return (
    <section class="picture voice" data-words={text(item.text) === '' ? undefined : ''}>
      <div class="voice-who">
        <Over item={item} />
        {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={text(item.title)} />}
        <ul class="people">
          {detail.participants.map((name, at) => (
            <li key={at}>
              <Name of={name} />
            </li>
          ))}
        </ul>
        {text(detail.moderator) !== '' && <p class="second">{t('Led by {name}', { name: text(detail.moderator) })}</p>}
      </div>
      <Along of={item.text} />
    </section>
  )
}
