// A roll-call: places answer one by one, each at its own monument; all of them stay in sight.
import { playedAt } from '../stage/rule'
import { t } from '../text/messages'
import type { Place, RollCall as RollCallDetail } from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { Crossfade } from './crossfade'
import { countryName, From, Name, Said, sameWords, usePage } from './page'
import type { PictureProps } from './pictures'
import { Over } from './spoken'
import { stepStartMs } from './testimony'

export function RollCall({ item, detail, run, step }: PictureProps<RollCallDetail>) {
  const page = usePage()
  const entry = detail.entries[step]
  if (entry === undefined) return null
  const progress = page.live.value.state?.progress
  const own = hasPicture(entry.media)
  const media = playedAt(item, step)
  return (
    <section class="picture rollcall" data-film={hasPicture(media) ? '' : undefined}>
      <Over item={item} />
      {hasPicture(media) && (
        <Broadcast
          media={media}
          run={run}
          from_ms={own && progress !== undefined ? stepStartMs(item, run, progress, step) : 0}
          label={page.text(entry.place)}
        />
      )}
      <Crossfade of={String(step)}>
        <Answering entry={entry} />
      </Crossfade>
      <ol class="rollcall-list">
        {detail.entries.map((one, at) => (
          <li key={at} data-is={at < step ? 'past' : at === step ? 'now' : 'ahead'} aria-current={at === step ? 'step' : undefined}>
            <Said of={one.place} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Answering({ entry }: { entry: Place }) {
  const page = usePage()
  const isPlace = (name: string) => sameWords(name, page.text(entry.place))
  const community = isPlace(page.text(entry.community)) ? undefined : entry.community
  const country = isPlace(countryName(page, entry.country)) ? null : entry.country
  const mode = { live: t('Speaking live'), picture: t('In pictures'), recorded: t('Recorded') }[entry.mode]
  return (
    <div class="rollcall-now">
      <p class="huge">
        <Said of={entry.place} />
      </p>
      <p class="plate-note">
        <From community={community} country={country} />
      </p>
      <p class="plate-mode">
        {page.text(entry.speaker) !== '' && (
          <>
            <Name of={entry.speaker} /> ·{' '}
          </>
        )}
        {mode}
      </p>
    </div>
  )
}
