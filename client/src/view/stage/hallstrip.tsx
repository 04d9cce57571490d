// A small calm strip over the big picture, for the person in charge at a hall: whether everybody sees it now, and whom to ring.
import { useEffect, useState } from 'preact/hooks'
import { hallOnScreen, hallsAhead } from '../../stage/ahead'
import { hallSaid } from '../../stage/hallsaid'
import { t } from '../../text/messages'
import type { Hall } from '../../wire'
import { announce } from '../announcing'
import { programmeOf, usePage } from '../page'
import { Telephone } from '../telephone'
import { stageOf } from './attend'
import { HallCheck } from './hallcheck'

export function HallStrip({ hall }: { hall: Hall }) {
  const page = usePage()
  const { core, stage } = stageOf(page.session)
  const [isOpen, setOpen] = useState(false)
  const { link, state, boot } = page.live.value
  const shown = page.shown.value
  const programme = programmeOf(page)
  const staged = stage.value
  const calm = page.calm.value
  const now_ms = page.now_s.value * 1000
  const isOnScreen = hallOnScreen(shown) === hall.id
  const ahead =
    programme === null || state === null ? null : (hallsAhead(programme, state.progress, shown, now_ms).find((one) => one.hall === hall.id) ?? null)
  const checks = staged?.checks
  const said = hallSaid({
    sends: staged?.sends ?? 'no',
    wanted: isOnScreen && state?.progress.holding_since_ms == null,
    ahead,
    ready: checks?.microphone === 'on' || checks?.camera === 'on',
    elsewhere: staged?.elsewhere ?? false,
    lost: link === 'lost',
  })
  // Said once as it changes, for who does not see the screen; and never into a silence.
  useEffect(() => {
    if (said.tone === 'live' && !page.calm.peek()) announce(said.now)
  }, [said.now, said.tone])
  useEffect(() => {
    if (calm) setOpen(false)
  }, [calm])
  if (shown.phase === 'closed' || staged?.engine === 'off') return null
  const telephone = boot.telephone || (programme?.telephone ?? '')
  return (
    <aside class="hall-strip" data-tone={said.tone} data-calm={calm || undefined} aria-label={t('For the person in charge')} inert={calm}>
      {isOpen && (
        <div class="hall-panel">
          <HallCheck />
        </div>
      )}
      <div class="hall-line">
        <p class="hall-place">{page.text(hall.place)}</p>
        <p class="hall-now">
          <strong>{said.now}</strong> {said.next}
        </p>
        {telephone !== '' && (
          <p class="hall-ring">
            {t('The hosts:')} <Telephone number={telephone} />
          </p>
        )}
        <button class="button" type="button" aria-expanded={isOpen} onClick={() => open()}>
          {isOpen ? t('Close') : t('Camera and microphone')}
        </button>
      </div>
    </aside>
  )

  function open(): void {
    setOpen(!isOpen)
    // After a reload the browser may want a press before it opens them again.
    if (!isOpen && core !== null && !core.devices.opened) void core.open()
  }
}
