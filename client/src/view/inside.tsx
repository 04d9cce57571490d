// What is around the picture of the ceremony on a person's page: the bar, the sheets, one's own turn, the live region.
import { useComputed } from '@preact/signals'
import { t } from '../text/messages'
import { announced } from './announcing'
import { Audience } from './audience'
import { Bar, SoundCall } from './bar'
import { Help } from './help'
import { SeatLine, Speak, Turn } from './later'
import { ownEntry } from './myturn'
import { usePage } from './page'
import { open, Sheet } from './sheet'
import { Still } from './still'

/** A shorter break is mended before anybody need know of it. */
const LOST_AFTER_MS = 8000

export function Inside({ speaking, listen }: { speaking: boolean; listen: string }) {
  const page = usePage()
  const live = page.live.value
  const notice = useNotice()
  const calm = page.calm.value
  // A silence has the whole page from its invitation on.
  const lined = live.seatless && page.shown.value.item?.detail.kind !== 'silence'
  const covered = open.value !== null || (speaking && ownEntry(live)?.state === 'speaking')
  return (
    <div class="page" data-seatless={lined || undefined}>
      {lined && <SeatLine meanwhile={<div class="seat-line" />} />}
      <div class="page-main" inert={covered && !calm}>
        {live.state === null ? <Coming notice={notice} /> : <Audience session={page.session} variant={page.variant} notice={notice} />}
      </div>
      {open.value === 'help' && <Help />}
      {open.value === 'speak' && speaking && <Speak meanwhile={<Sheet title={t('One moment')} />} />}
      {speaking && <Turn />}
      <SoundCall word={listen} />
      <Bar speaking={speaking} />
      <Announcer />
    </div>
  )
}

/** Between the press and the first word of the server: nothing is guessed, nothing flashes. */
function Coming({ notice }: { notice: string }) {
  return (
    <div class="audience">
      <Still>
        <p class="second">{t('One moment')}</p>
      </Still>
      <p class="under-line">{notice !== '' && <span>{notice}</span>}</p>
    </div>
  )
}

/** That the line is down, once that lasts, and never in a silence. */
export function useNotice(): string {
  const page = usePage()
  const lost = useComputed(() => {
    const { link, lostSince_ms } = page.live.value
    if ((link !== 'lost' && link !== 'connecting') || lostSince_ms === null || page.calm.value) return false
    // Looked at again each second.
    return page.now_s.value > 0 && performance.now() - lostSince_ms > LOST_AFTER_MS
  })
  return lost.value ? t('The connection is being restored; the ceremony continues.') : ''
}

export function Announcer() {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {announced.value}
    </p>
  )
}
