// What was recorded, for those who hear it: their own words, to be listened to or taken back; and those of the evening.
import { useEffect, useState } from 'preact/hooks'
import { t } from '../text/messages'
import { digits } from './dates'
import { From, Name, usePage } from './page'
import { askAll, askMine, mine, type Recording } from './recorded'

/** A film, or a sound alone; nothing of it is loaded before it is wanted. */
export function Played({ recording }: { recording: Recording }) {
  const { url, media_type, name } = recording
  if (url === null) return null
  const label = name === '' ? t('A recording') : t('Recording: {name}', { name })
  return media_type.startsWith('audio/') ? (
    <audio class="recording-film" controls preload="none" src={url} aria-label={label} />
  ) : (
    <video class="recording-film" controls playsInline preload="none" src={url} aria-label={label} />
  )
}

/** Under Help, once there is something of this person. */
export function MyRecordings() {
  const page = usePage()
  const [state, setState] = useState<'idle' | 'asked' | 'busy'>('idle')
  const [said, setSaid] = useState('')
  useEffect(() => void askMine(page.session), [page])
  const found = mine.value ?? []
  async function takeBack(): Promise<void> {
    setState('busy')
    try {
      await page.session.api('/api/me/recordings/withdraw', {})
      mine.value = []
      setSaid(t('Deleted. Nothing of what you said is kept.'))
    } catch {
      setSaid(t('That did not work. Please try again, or call us.'))
    }
    setState('idle')
  }
  if (found.length === 0 && said === '') return null
  return (
    <details class="sheet-part">
      <summary>
        <h3>{t('Your words were recorded')}</h3>
      </summary>
      <div class="details-form">
        {found.map((one) => (
          <div key={one.id}>
            <p>{stands(one)}</p>
            <Played recording={one} />
          </div>
        ))}
        {found.length > 0 && (
          <>
            <p>{t('You agreed to it, and you may change your mind at any time. Then all of it is deleted at once, and cannot be brought back.')}</p>
            <div class="buttons">
              {state === 'idle' ? (
                <button class="button" type="button" onClick={() => setState('asked')}>
                  {t('I take my consent back')}
                </button>
              ) : (
                <>
                  <button class="button" type="button" aria-disabled={state === 'busy'} onClick={() => state === 'asked' && void takeBack()}>
                    {state === 'busy' ? t('One moment') : t('Yes, delete my recordings')}
                  </button>
                  <button class="button" type="button" onClick={() => setState('idle')}>
                    {t('No, keep it')}
                  </button>
                </>
              )}
            </div>
          </>
        )}
        <p role="status" class="hint">
          {said}
        </p>
      </div>
    </details>
  )
}

function stands(one: Recording): string {
  switch (one.state) {
    case 'running':
      return t('You are being recorded now.')
    case 'working':
      return t('Your recording is being put together. In a minute you can listen to it here.')
    case 'held':
      return t('Only you and those who lead the ceremony can listen to it.')
    case 'released':
      return t('Everybody who was here can listen to it.')
    case 'failed':
      return t('The recording did not succeed.')
  }
}

/** At the end, for those who were there: what was given to the archive. */
export function EveningRecordings() {
  const page = usePage()
  const [found, setFound] = useState<Recording[]>([])
  useEffect(() => {
    const look = () => void askAll(page.session).then((all) => setFound(all.filter((one) => one.state === 'released')), () => undefined)
    look()
    // A moderator may release one while people still sit here.
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [page])
  if (found.length === 0) return null
  return (
    <div class="closing-keep">
      <h2>{t('Recordings of this ceremony')}</h2>
      <ul class="recordings">
        {found.map((one) => (
          <li key={one.id}>
            <p>
              {one.name !== '' && <Name of={one.name} />} <span class="second"><From community={one.community} /> {digits(one.duration_ms)}</span>
            </p>
            <Played recording={one} />
          </li>
        ))}
      </ul>
    </div>
  )
}

const LOOK_MS = 60_000
