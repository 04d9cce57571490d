// The door: what it is, when it begins, and one button. All else may be left alone.
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../text/messages'
import { Failure } from '../session'
import { primePlayer } from './broadcast'
import { changesOf, detailsOf, type Details } from './details'
import { toneOnEntering } from './hearing'
import { Languages } from './languages'
import { DetailsFields, fetchBehind } from './later'
import { Clocks, Countdown, Occasion, Remember } from './occasion'
import { Outside } from './outside'
import { programmeOf, usePage } from './page'
import { Telephone } from './telephone'

const AGAIN_MS = 3000
/** Refusals that another try in a moment may mend. */
const LATER = ['line', 'retry', 'store.busy', 'enter.busy', 'defect', 'request.too_many']

export function Entry() {
  const page = usePage()
  const programme = programmeOf(page)
  const usual = useRef(detailsOf(page))
  const [details, setDetails] = useState<Details>(usual.current)
  const [state, setState] = useState<'out' | 'entering' | 'waiting' | 'refused' | 'closed' | 'banned'>('out')
  const [already, setAlready] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    // The door is drawn; now what lies behind it.
    fetchBehind()
    void page.session.here.taken().then(setAlready)
    return () => clearTimeout(timer.current)
  }, [])
  const { telephone } = page.live.value.boot

  async function enter(): Promise<void> {
    primePlayer()
    setState((now) => (now === 'waiting' ? now : 'entering'))
    try {
      page.session.here.take()
      await page.session.enter(changesOf(usual.current, details))
      toneOnEntering(page.session)
    } catch (error) {
      const code = error instanceof Failure ? error.code : 'line'
      if (code === 'door.closed') return setState('closed')
      if (code === 'person.banned') return setState('banned')
      if (!LATER.includes(code)) return setState('refused')
      setState('waiting')
      timer.current = setTimeout(() => void enter(), AGAIN_MS)
    }
  }

  const { standing } = page.live.value
  if (state === 'refused') return <Gone />
  if (state === 'closed') return <Outside standing="closed" again={() => void enter()} />
  if (state === 'banned') return <Outside standing="banned" />
  if (standing !== 'admitted') return <Outside standing={standing} />
  return (
    <div class="entry">
      <Languages />
      {programme !== null && <Occasion programme={programme} />}
      {programme !== null && (
        <div class="entry-when">
          <Clocks programme={programme} />
          <Countdown programme={programme} />
          <Remember programme={programme} />
        </div>
      )}
      <div class="entry-act">
        <button
          class="button"
          type="button"
          data-main
          aria-disabled={state !== 'out'}
          onClick={() => state === 'out' && void enter()}
        >
          {state === 'out' ? t('Enter') : t('One moment')}
        </button>
        <p class="hint" role="status">
          {state === 'waiting'
            ? t('The ceremony cannot be reached yet. The page keeps trying; you need do nothing.')
            : already
              ? t('You have entered already in another window. Enter here too, and the sound comes from here.')
              : t('A soft tone will sound, so that you know that you will hear us.')}
        </p>
      </div>
      <details class="entry-details">
        <summary>
          <h2>{t('How should we greet you?')}</h2>
        </summary>
        <p class="hint">{t('You may leave all of this as it is.')}</p>
        <DetailsFields value={details} onChange={setDetails} />
      </details>
      {telephone !== '' && (
        <p class="entry-help">
          {t('Do you need help? Call us:')} <Telephone number={telephone} />
        </p>
      )}
    </div>
  )
}

/** The link is not good any more, or never was. */
export function Gone() {
  const page = usePage()
  const { telephone, ceremony_id } = page.live.value.boot
  return (
    <div class="entry">
      <h1>{t('This link is no longer in use')}</h1>
      <p>{t('Please look for a newer message from the organizers, or ask the person who invited you.')}</p>
      {telephone !== '' && (
        <p class="lead">
          <Telephone number={telephone} />
        </p>
      )}
      <p>
        <a class="link" href={`/c/${encodeURIComponent(ceremony_id)}`}>{t('The order of the ceremony')}</a>
      </p>
    </div>
  )
}
