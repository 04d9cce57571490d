// Asking to speak: what kind of words, whose, and the text if there is one. Then the place in the order, and a way back.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import type { FloorEntry } from '../wire'
import { detailsOf } from './details'
import { COMMUNITY_MOST, CountryField, NAME_MOST, Recording } from './fields'
import { lastEntry, ownEntry, placeSaid, waitSaid } from './myturn'
import { usePage } from './page'
import { refusalSaid } from './refusals'
import { closeSheet, Sheet } from './sheet'

type Kind = FloorEntry['kind']

const TEXT_MOST = 4000

export function Speak() {
  const page = usePage()
  const own = ownEntry(page.live.value)
  const asking = page.live.value.state?.floor.asking ?? false
  return (
    <Sheet title={own === null ? t('What would you like to share?') : t('Your wish to speak')}>
      {own !== null ? <Waiting entry={own} /> : asking ? <Ask /> : <NotNow />}
    </Sheet>
  )
}

function NotNow() {
  return (
    <section class="sheet-part">
      <p>{t('No more requests to speak are taken now. You may send a wish in writing.')}</p>
      <Heard />
    </section>
  )
}

/** What became of an earlier request, where that was a no. */
function Heard() {
  const page = usePage()
  if (lastEntry(page.live.value)?.state !== 'declined') return null
  return <p class="second">{t('There was no room for your last request. Thank you for the wish to speak.')}</p>
}

function Waiting({ entry }: { entry: FloorEntry }) {
  const page = usePage()
  const live = page.live.value
  const [fault, setFault] = useState('')
  const wait = waitSaid(live, entry, page.now_s.value * 1000)
  async function takeBack(): Promise<void> {
    const answer = await page.session.send('floor.withdraw', { entry_id: entry.id })
    if (!answer.ok) setFault(refusalSaid(answer))
  }
  return (
    <section class="sheet-part" aria-live="polite">
      <p class="large">
        {placeSaid(live, entry)}
        {wait !== '' && <span class="wait second">{wait}</span>}
      </p>
      <p>
        {entry.state === 'not_here'
          ? t('We missed you; we keep your place.')
          : t('We will call you when it is your turn. Until then you need do nothing.')}
      </p>
      {entry.text !== '' && (
        <div class="own-text">
          <p class="second">{t('Your text')}</p>
          <p class="own-words" dir="auto">
            {entry.text}
          </p>
        </div>
      )}
      <div class="buttons">
        <button class="button" type="button" onClick={closeSheet}>
          {t('Back to the ceremony')}
        </button>
        <button class="button" type="button" onClick={() => void takeBack()}>
          {t('Take my request back')}
        </button>
      </div>
      <p class="hint" role="status">
        {fault}
      </p>
    </section>
  )
}

interface Draft {
  kind: Kind
  name: string | null
  community: string | null
  country: string | null
  text: string
  recording: boolean | null
}

const EMPTY: Draft = { kind: 'memory', name: null, community: null, country: null, text: '', recording: null }
/** Kept while the page is open: a silence, or a look elsewhere, loses nothing that was written. */
let draft: Draft = EMPTY

function Ask() {
  const page = usePage()
  const usual = detailsOf(page)
  const [value, setValue] = useState(draft)
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const set = (patch: Partial<Draft>) => {
    draft = { ...draft, ...patch }
    setValue(draft)
  }
  const name = value.name ?? usual.name
  const community = value.community ?? usual.community
  const country = value.country ?? usual.country
  const recording = value.recording ?? usual.recording

  async function ask(event: Event): Promise<void> {
    event.preventDefault()
    if (busy) return
    if (name.trim() === '') {
      setFault(t('Please write your name, so that we can call you.'))
      document.getElementById('ask-name')?.focus()
      return
    }
    setBusy(true)
    setFault('')
    if (recording !== usual.recording) {
      try {
        await page.session.updateMe({ recording })
      } catch {
        setBusy(false)
        return setFault(t('That did not work. Please try again, or call us.'))
      }
    }
    const answer = await page.session.send('floor.request', {
      entry_kind: value.kind,
      name: name.trim(),
      community: community.trim(),
      country: country === '' ? null : country,
      text: value.text.trim(),
    })
    setBusy(false)
    if (!answer.ok) return setFault(refusalSaid(answer))
    draft = EMPTY
  }

  return (
    <form class="sheet-part ask" onSubmit={(event) => void ask(event)}>
      <Heard />
      <fieldset class="choices kinds">
        <legend class="unseen">{t('What would you like to share?')}</legend>
        <KindChoice value="memory" now={value.kind} onChoose={(kind) => set({ kind })} note={t('three to five minutes')}>
          {t('A memory')}
        </KindChoice>
        <KindChoice value="poem" now={value.kind} onChoose={(kind) => set({ kind })} note={t('about two minutes')}>
          {t('A poem')}
        </KindChoice>
        <KindChoice value="wish" now={value.kind} onChoose={(kind) => set({ kind })} note={t('about a minute')}>
          {t('A wish')}
        </KindChoice>
        <KindChoice value="tribute" now={value.kind} onChoose={(kind) => set({ kind })} note={t('about a minute')}>
          {t('A word in honour of somebody')}
        </KindChoice>
      </fieldset>
      <div class="field">
        <label for="ask-name">{t('Your name')}</label>
        <input
          id="ask-name"
          type="text"
          autocomplete="name"
          maxLength={NAME_MOST}
          dir="auto"
          value={name}
          onInput={(event) => set({ name: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="ask-community">{t('Your town, association or family')}</label>
        <input
          id="ask-community"
          type="text"
          maxLength={COMMUNITY_MOST}
          dir="auto"
          value={community}
          onInput={(event) => set({ community: event.currentTarget.value })}
        />
      </div>
      <CountryField value={country} onChange={(code) => set({ country: code })} />
      <div class="field">
        <label for="ask-text">{value.kind === 'poem' ? t('The poem, if you like') : t('A note for the host, if you like')}</label>
        <p class="hint">{t('You will see it in large letters while you speak. Nobody else in the audience does.')}</p>
        <textarea
          id="ask-text"
          rows={5}
          maxLength={TEXT_MOST}
          dir="auto"
          value={value.text}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
      </div>
      <Recording value={recording} onChange={(agreed) => set({ recording: agreed })} />
      <p class="fault" role="alert">
        {fault}
      </p>
      <div class="buttons">
        <button class="button" type="submit" data-main aria-disabled={busy}>
          {busy ? t('One moment') : t('Ask to speak')}
        </button>
      </div>
    </form>
  )
}

function KindChoice(props: { value: Kind; now: Kind; note: string; children: string; onChoose: (kind: Kind) => void }) {
  return (
    <label class="choice">
      <input type="radio" name="ask-kind" checked={props.value === props.now} onChange={() => props.onChoose(props.value)} />
      <span>
        {props.children}
        <small>{props.note}</small>
      </span>
    </label>
  )
}
