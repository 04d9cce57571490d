// The end of a ceremony, and its pauses: the closing words, when we meet again, what to keep, and the guest book.
import { t } from '../text/messages'
import { plannedEndMs } from '../timeline'
import type * as wire from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import { dayFile, saveFile } from './calendar'
import { civilDate, digits, inWords, years } from './dates'
import { Flame } from './flame'
import { Pictures } from './gallery'
import { Letter, Write, written } from './letters'
import { programmeOf, Said, usePage, Words } from './page'
import type { PictureProps } from './pictures'
import { EveningRecordings } from './recordings'
import { Over } from './spoken'

const GUEST_BOOK_MOST = 500

export function Closing({ item, detail, run }: { item: wire.Item; detail: wire.Closing; run: wire.Run | null }) {
  const page = usePage()
  const programme = programmeOf(page)
  const mine = page.variant === 'participant'
  const { next_date } = detail
  const reads = mine || page.variant === 'watch'
  return (
    <section class="picture closing">
      <Over item={item} />
      {run !== null && hasPicture(item.media) && <Broadcast media={item.media} run={run} label={page.text(item.title)} />}
      <Words of={page.text(detail.words) === '' ? item.text : detail.words} class="large" />
      {next_date !== null && (
        <div class="closing-next">
          <p class="second">{t('We meet again')}</p>
          <p class="lead">
            <time dateTime={next_date}>{civilDate(next_date)}</time>
            {detail.next_number !== null && <span class="second">{years(detail.next_number)}</span>}
          </p>
          {reads && (
            <button class="button" type="button" onClick={() => saveFile(`${next_date}.ics`, dayFile(next_date, page.text(programme?.title), page.session.now()))}>
              {t('Put it into my calendar')}
            </button>
          )}
        </div>
      )}
      {reads && (
        <>
          {detail.downloads.length > 0 && (
            <div class="closing-keep">
              <h2>{t('To keep')}</h2>
              <ul class="links">
                {detail.downloads.map((one) => (
                  <li key={one.url}>
                    <a class="button" href={one.url} download>
                      <Said of={one.label} />
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          {mine && <EveningRecordings />}
          {programme !== null && <Pictures of={programme.items} />}
          {detail.guest_book_until !== null && <GuestBook item={item} until={detail.guest_book_until} writes={mine} />}
        </>
      )}
    </section>
  )
}

function GuestBook({ item, until, writes }: { item: wire.Item; until: string; writes: boolean }) {
  const page = usePage()
  const lines = (page.live.value.state?.tributes.wishes ?? []).filter((one) => one.item_id === item.id && one.state === 'released')
  if (!writes && lines.length === 0) return null
  return (
    <div class="guest-book">
      <h2>{t('Guest book')}</h2>
      <p class="second">{t('Open until {date}.', { date: civilDate(until) })}</p>
      {writes && <Write item={item} most={GUEST_BOOK_MOST} label={t('Your words')} />}
      {[...lines].reverse().map((one) => (
        <Letter key={one.id} line={written(page, one)} />
      ))}
    </div>
  )
}

/** After the end: the closing item, where there is one, stays open to be read. */
export function Closed() {
  const page = usePage()
  const item = programmeOf(page)?.items.find((one) => one.detail.kind === 'closing')
  if (item?.detail.kind === 'closing') return <Closing item={item} detail={item.detail} run={null} />
  return (
    <section class="picture still">
      <div class="still-flame">
        <Flame />
      </div>
      <h1 class="large">{t('The ceremony is over. Thank you for being together.')}</h1>
      {page.variant === 'participant' && <EveningRecordings />}
    </section>
  )
}

export function Interval({ item, detail, run }: PictureProps<wire.Interval>) {
  const page = usePage()
  const end_ms = plannedEndMs(run, item)
  const left_ms = end_ms === null ? null : end_ms - page.now_s.value * 1000
  return (
    <section class="picture interval">
      <Over item={item} />
      {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={page.text(item.title)} />}
      <Words of={item.text} class="large" />
      {detail.countdown && left_ms !== null && left_ms > 0 && (
        <div class="countdown">
          <p class="huge digits" aria-hidden="true">
            {digits(left_ms)}
          </p>
          <p class="lead">{t('We go on {in}.', { in: inWords(left_ms) })}</p>
        </div>
      )}
    </section>
  )
}
