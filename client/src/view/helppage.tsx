// What stands in Help below the telephone: how the page should be, how it works, one's own details, the way out.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import { changesOf, detailsOf } from './details'
import { DetailsFields, Recording } from './fields'
import { Languages } from './languages'
import { LateSound } from './late'
import { OrderOfService } from './order'
import { programmeOf, usePage } from './page'
import { prefs, setPref } from './prefs'
import { MyRecordings } from './recordings'
import { closeSheet } from './sheet'
import { Telephone } from './telephone'

export function HelpPage() {
  const page = usePage()
  const { link } = page.live.value
  const programme = programmeOf(page)
  const seated = page.variant === 'participant'
  return (
    <>
      <section class="sheet-part">
        <h3>{t('How the page should be')}</h3>
        <div class="switches">
          <Switch on={prefs.value.large} onChange={(large) => setPref({ large })}>
            {t('Large text')}
          </Switch>
          <Switch on={prefs.value.light} onChange={(light) => setPref({ light })}>
            {t('Dark text on a light page')}
          </Switch>
          <Switch on={!prefs.value.video} onChange={(off) => setPref({ video: !off })}>
            {t('Sound only, no moving pictures')}
          </Switch>
        </div>
        <Languages />
      </section>
      <section class="sheet-part">
        <h3>{t('How it works')}</h3>
        <ul class="how">
          <li>{t('You need do nothing: the ceremony goes on by itself, and you see and hear what everybody sees and hears.')}</li>
          <li>{t('If you hear nothing, press “Sound” below.')}</li>
          {seated && <li>{t('If you wish to say something, press “Ask to speak”. Somebody will call you when it is your turn.')}</li>}
          <li>{t('If the connection is lost, the page comes back by itself, to where everybody is.')}</li>
          <li>{t('During the silence only the sound button is shown. Everything else returns afterwards.')}</li>
        </ul>
        {seated && <LateSound over />}
      </section>
      {programme !== null && (
        <details class="sheet-part">
          <summary>
            <h3>{t('Order of the ceremony')}</h3>
          </summary>
          <OrderOfService programme={programme} />
        </details>
      )}
      {seated && link !== 'idle' && <MyRecordings />}
      {seated && link !== 'idle' && <MyDetails />}
      {seated && link !== 'idle' && <RemoveMe />}
      {seated && <Leave />}
    </>
  )
}

/** A switch that says what it does, and whether it is on. */
export function Switch({ on, children, onChange }: { on: boolean; children: string; onChange: (on: boolean) => void }) {
  return (
    <button class="switch" type="button" role="switch" aria-checked={on} onClick={() => onChange(!on)}>
      <span>{children}</span>
      <span class="switch-mark" aria-hidden="true" />
    </button>
  )
}

function MyDetails() {
  const page = usePage()
  const [usual, setUsual] = useState(() => detailsOf(page))
  const [details, setDetails] = useState(usual)
  const [said, setSaid] = useState('')
  async function save(event: Event): Promise<void> {
    event.preventDefault()
    try {
      await page.session.updateMe(changesOf(usual, details))
      setUsual(details)
      setSaid(t('Kept.'))
    } catch {
      setSaid(t('That did not work. Please try again, or call us.'))
    }
  }
  return (
    <details class="sheet-part">
      <summary>
        <h3>{t('My details')}</h3>
      </summary>
      <form class="details-form" onSubmit={(event) => void save(event)}>
        <DetailsFields value={details} onChange={setDetails} />
        <fieldset class="choices">
          <legend>{t('When you speak')}</legend>
          <Recording value={details.recording} onChange={(recording) => setDetails({ ...details, recording })} />
        </fieldset>
        <div class="buttons">
          <button class="button" type="submit">
            {t('Keep this')}
          </button>
          <span role="status" class="hint">
            {said}
          </span>
        </div>
      </form>
    </details>
  )
}

function RemoveMe() {
  const page = usePage()
  const [state, setState] = useState<'idle' | 'asked' | 'busy'>('idle')
  const [fault, setFault] = useState('')
  async function remove(): Promise<void> {
    setState('busy')
    try {
      await page.session.eraseMe()
      closeSheet()
    } catch {
      setState('idle')
      setFault(t('That did not work. Please try again, or call us.'))
    }
  }
  return (
    <details class="sheet-part">
      <summary>
        <h3>{t('Remove me')}</h3>
      </summary>
      <div class="details-form">
        <p>
          {t('Everything that is kept of you here is erased at once: your name and community, your requests to speak, your wishes. It cannot be undone. You leave the ceremony by it.')}
        </p>
        <div class="buttons">
          {state === 'idle' ? (
            <button class="button" type="button" onClick={() => setState('asked')}>
              {t('Remove me')}
            </button>
          ) : (
            <>
              <button class="button" type="button" aria-disabled={state === 'busy'} onClick={() => state === 'asked' && void remove()}>
                {state === 'busy' ? t('One moment') : t('Yes, erase everything')}
              </button>
              <button class="button" type="button" onClick={() => setState('idle')}>
                {t('No, keep it')}
              </button>
            </>
          )}
          <span role="status" class="hint">
            {fault}
          </span>
        </div>
      </div>
    </details>
  )
}

/** What stands in the place of the ceremony for somebody who is kept no longer. */
export function Erased() {
  const { telephone, ceremony_id } = usePage().live.value.boot
  return (
    <div class="entry" role="status">
      <h1>{t('You have been removed')}</h1>
      <p>{t('Nothing of you is kept here any more, and your words are on no screen. Thank you for having been with us.')}</p>
      <p>
        <a class="link" href={`/c/${encodeURIComponent(ceremony_id)}`}>{t('The order of the ceremony')}</a>
      </p>
      {telephone !== '' && (
        <p class="entry-help">
          {t('Do you need help? Call us:')} <Telephone number={telephone} />
        </p>
      )}
    </div>
  )
}

function Leave() {
  const page = usePage()
  const [asked, setAsked] = useState(false)
  function leave(): void {
    page.session.leave()
    location.assign(`/c/${encodeURIComponent(page.live.peek().boot.ceremony_id)}`)
  }
  return (
    <section class="sheet-part">
      <div class="buttons">
        {asked ? (
          <>
            <button class="button" type="button" onClick={leave}>
              {t('Yes, leave')}
            </button>
            <button class="button" type="button" onClick={() => setAsked(false)}>
              {t('No, stay')}
            </button>
          </>
        ) : (
          <button class="button" type="button" onClick={() => setAsked(true)}>
            {t('Leave the ceremony')}
          </button>
        )}
      </div>
    </section>
  )
}
