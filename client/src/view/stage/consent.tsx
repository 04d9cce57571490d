// Whether one's words may be recorded: asked of the person themselves, on their own screen, and taken back as easily.
import { useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { Recording } from '../fields'
import { usePage } from '../page'

export function RecordingConsent() {
  const page = usePage()
  const known = page.live.value.you?.participant.recording ?? false
  const [wanted, setWanted] = useState<boolean | null>(null)
  const [fault, setFault] = useState('')
  async function change(recording: boolean): Promise<void> {
    setWanted(recording)
    setFault('')
    try {
      await page.session.updateMe({ recording })
    } catch {
      setWanted(null)
      setFault(t('That did not work. Please try again, or call us.'))
    }
  }
  return (
    <>
      <Recording value={wanted ?? known} onChange={(agreed) => void change(agreed)} />
      {fault !== '' && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  )
}

/** While it runs: that it does, and the way out. */
export function RecordedNow() {
  const page = usePage()
  const [fault, setFault] = useState('')
  async function withdraw(): Promise<void> {
    try {
      await page.session.updateMe({ recording: false })
    } catch {
      setFault(t('That did not work. Please try again, or call us.'))
    }
  }
  return (
    <div class="recorded-now">
      <p class="recording-mark" role="status">
        {t('Being recorded')}
      </p>
      <button class="button" type="button" data-quiet onClick={() => void withdraw()}>
        {t('Please do not record me')}
      </button>
      {fault !== '' && <p class="fault">{fault}</p>}
    </div>
  )
}
