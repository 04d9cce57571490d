// One quiet link for those whose wireless earphones are late; what is behind it is fetched when it is asked for.
import type { FunctionComponent } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import type { Moment } from '../timeline'
import { usePage } from './page'
import { open as sheet } from './sheet'

/** `over`: in a sheet, which lies over what else there is; two at once would take the beat from one another. */
export function LateSound({ over = false }: { over?: boolean }) {
  const page = usePage()
  const [open, setOpen] = useState(false)
  const [Calibrate, setCalibrate] = useState<FunctionComponent<{ onClose: () => void }> | null>(null)
  const [failed, setFailed] = useState(false)
  if (!mayTick(page.shown.value)) return null
  function press(): void {
    setOpen(!open)
    if (Calibrate !== null) return
    setFailed(false)
    import('./calibrate').then(
      (found) => setCalibrate(() => found.Calibrate),
      () => setFailed(true),
    )
  }
  return (
    <div class="late-sound">
      <button class="button" data-quiet type="button" aria-expanded={open} onClick={press}>
        {t('Does the sound come late from wireless earphones?')}
      </button>
      {open && failed && <p role="status">{t('That did not work. Please try again, or call us.')}</p>}
      {open && Calibrate !== null && (over || sheet.value === null) && <Calibrate onClose={() => setOpen(false)} />}
    </div>
  )
}

/** Ticks of one's own only where nobody speaks, plays or is silent: before the ceremony, and in an interval. */
export function mayTick(shown: Moment): boolean {
  if (shown.phase === 'planned' || shown.phase === 'lobby') return true
  return shown.phase === 'item' && shown.silence === null && (shown.item?.detail.kind === 'interval' || shown.item?.detail.kind === 'lobby')
}
