// The order of service: what comes, in order, by whom, and where it stands.
import { t, tn } from '../text/messages'
import { conducted, itemStates } from '../timeline'
import type { Item, Programme } from '../wire'
import type { Text } from './live'
import { firstOf, Name, Said, usePage, type Page } from './page'

export function OrderOfService({ programme }: { programme: Programme }) {
  const page = usePage()
  const progress = page.live.value.state?.progress
  // Told by the moment when something begins, not every second.
  const { phase } = page.shown.value
  const states = progress === undefined || phase === 'planned' ? {} : itemStates(programme, progress, page.session.now())
  return (
    <ol class="order">
      {conducted(programme)
        .filter((item) => states[item.id] !== 'skipped')
        .map((item) => {
          const state = states[item.id]
          const is = state === 'live' || state === 'held' ? 'now' : state === 'done' ? 'past' : 'ahead'
          const who = whoOf(page, item)
          return (
            <li key={item.id} data-is={is} aria-current={is === 'now' ? 'step' : undefined}>
              <span class="order-title">
                <Said of={item.title} />
                {is === 'now' && <span class="order-now"> {t('now')}</span>}
              </span>
              <span class="second">
                {page.text(who) !== '' && (
                  <>
                    <Name of={who} /> ·{' '}
                  </>
                )}
                {tn('{n} minute', '{n} minutes', Math.max(1, Math.round(item.planned_s / 60)))}
              </span>
            </li>
          )
        })}
    </ol>
  )
}

function whoOf(page: Page, item: Item): Text {
  const detail = item.detail
  if (detail.kind === 'address' || detail.kind === 'video_message') return firstOf(page, detail.speaker, item.presenter)
  if (detail.kind === 'reading') return detail.author
  return item.presenter
}
