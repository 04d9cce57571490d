// What is said above an editor: that a file is in charge, or that somebody else was faster.
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { Buttons, Confirm, hush, Notice, tellTrouble } from '../kit'
import type { Series } from '../types'
import { deed } from './calls'
import { Press } from './parts'

export function ByFile({ series, onTaken }: { series: Series; onTaken: (series: Series) => void }) {
  const [busy, setBusy] = useState(false)
  async function take(): Promise<void> {
    setBusy(true)
    const answer = await deed(series.id, 'adopt', series.version)
    setBusy(false)
    if (answer.ok) onTaken(answer.value)
    else tellTrouble(answer.refused)
  }
  return (
    <Notice>
      <p>{t('This series is written in a file on the server, so here it can only be read. Whoever keeps the server can change the file.')}</p>
      <p>{t('You may take it over: then it is edited here, and what is later written in the file does not count any more.')}</p>
      <Buttons>
        <Confirm words={t('Take over')} again={t('Yes, edit it here from now on')} disabled={busy} onPress={() => void take()} />
      </Buttons>
    </Notice>
  )
}

interface StaleProps {
  /** Who was faster; '' when that is not known. */
  by: string
  onTheirs: () => void
  onMine: () => void
}

export function Stale({ by, onTheirs, onMine }: StaleProps) {
  const shown = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The button that was pressed is at the foot of the page, this at its head.
    hush()
    shown.current?.scrollIntoView({ block: 'center' })
    shown.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div ref={shown} tabIndex={-1}>
      <Notice sign="warning" aloud>
        <p>
          {by === ''
            ? t('Somebody else has saved this meanwhile. What you typed is still here, and not saved.')
            : t('{name} has saved this meanwhile. What you typed is still here, and not saved.', { name: by })}
        </p>
        <Buttons>
          <Press onPress={onTheirs}>{t('Load theirs, and drop what I typed')}</Press>
          <Press onPress={onMine}>{t('Keep what I typed, and save it over theirs')}</Press>
        </Buttons>
      </Notice>
    </div>
  )
}
