// Words written by people: greetings that are read, and wishes, each large while it is read.
import { useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import type { Greeting, Greetings as GreetingsDetail, Item, Wish, Wishes as WishesDetail } from '../wire'
import { Crossfade } from './crossfade'
import type { Text } from './live'
import { countryName, From, Name, usePage, Words, type Page } from './page'
import type { PictureProps } from './pictures'
import { refusalSaid } from './refusals'
import { Over } from './spoken'
import { place } from './testimony'

/** Characters; a longer letter is set a little smaller. */
const LONG = 150

interface Line {
  id: string
  text: Text
  name: Text
  from: Text
}

export function Greetings({ item, detail, step }: PictureProps<GreetingsDetail>) {
  const { text } = usePage()
  const one = detail.messages[step]
  const source = one && { letter: t('A letter'), telegram: t('A telegram'), clip: t('A greeting') }[one.source]
  return (
    <section class="picture letters">
      <Over item={item}>{detail.messages.length > 1 && <span class="over-more">{place(step + 1, detail.messages.length)}</span>}</Over>
      {one !== undefined && (
        <Crossfade of={String(step)} class="letters-now">
          <Letter line={prepared(one, step)} above={source} />
        </Crossfade>
      )}
      {text(detail.reader) !== '' && <p class="second">{t('Read by {name}', { name: text(detail.reader) })}</p>}
    </section>
  )
}

/** Wishes: those prepared come first, then those that people have written and a moderator has released. */
export function Wishes({ item, detail, step, over }: PictureProps<WishesDetail>) {
  const page = usePage()
  const lines = wishLines(page, item, detail)
  const now = over ? undefined : lines[Math.min(step, lines.length - 1)]
  const writes = page.variant === 'participant'
  return (
    <section class="picture letters" data-writes={writes ? '' : undefined}>
      <Over item={item} />
      {now === undefined ? (
        <Words of={page.text(detail.prompt) === '' ? item.text : detail.prompt} class="large" />
      ) : (
        <Crossfade of={now.id} class="letters-now">
          <Letter line={now} />
        </Crossfade>
      )}
      {writes && <Write item={item} most={detail.max_chars} prompt={now === undefined ? '' : page.text(detail.prompt)} />}
      {!writes && now !== undefined && <p class="second">{page.text(detail.prompt)}</p>}
    </section>
  )
}

export function wishLines(page: Page, item: Item, detail: WishesDetail): Line[] {
  const released = (page.live.value.state?.tributes.wishes ?? []).filter((one) => one.item_id === item.id && one.state === 'released')
  return [...detail.prepared.map(prepared), ...released.map((one) => written(page, one))]
}

function prepared(one: Greeting, at: number): Line {
  return { id: `prepared-${at}`, text: one.text, name: one.sender, from: one.community }
}

export function written(page: Page, one: Wish): Line {
  return {
    id: one.id,
    text: { '': one.text },
    name: { '': one.name },
    from: { '': [one.community, countryName(page, one.country)].filter((part) => part !== '').join(', ') },
  }
}

export function Letter({ line, above }: { line: Line; above?: string }) {
  const { text } = usePage()
  const named = text(line.name) !== ''
  return (
    <blockquote class="letter">
      {above !== undefined && <p class="second">{above}</p>}
      <div class="letter-text" data-long={text(line.text).length > LONG || undefined} tabIndex={0} role="group" aria-label={t('The text')}>
        <Words of={line.text} />
      </div>
      <footer>
        {named && <Name of={line.name} />}
        {named && text(line.from) !== '' && ', '}
        <From community={line.from} />
      </footer>
    </blockquote>
  )
}

/** Kept while the page is open, so that nothing written is lost when the picture changes. */
const drafts = new Map<string, string>()

/** Where a wish, or a line for the guest book, is written. */
export function Write({ item, most, prompt, label }: { item: Item; most: number; prompt?: string; label?: string }) {
  const { session, live } = usePage()
  const [text, setText] = useState(drafts.get(item.id) ?? '')
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const own = (live.value.you?.wishes ?? []).filter((one) => one.item_id === item.id)
  const id = `write-${item.id}`

  function write(next: string): void {
    drafts.set(item.id, next)
    setText(next)
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    if (busy || text.trim() === '') return
    setBusy(true)
    const answer = await session.send('wish.offer', { item_id: item.id, text: text.trim() })
    setBusy(false)
    if (answer.ok) write('')
    setSaid(answer.ok ? t('Thank you. A moderator reads it first; then everybody may see it.') : refusalSaid(answer))
  }

  return (
    <form class="write" onSubmit={(event) => void send(event)}>
      <div class="field">
        <label for={id}>{label ?? t('Your wish')}</label>
        {prompt !== undefined && prompt !== '' && <p class="hint">{prompt}</p>}
        <textarea
          id={id}
          rows={3}
          maxLength={most}
          value={text}
          dir="auto"
          aria-describedby={`${id}-left`}
          onInput={(event) => write(event.currentTarget.value)}
        />
        <p class="hint" id={`${id}-left`}>
          {tn('{n} character left', '{n} characters left', most - text.length)}
        </p>
      </div>
      <div class="buttons">
        <button class="button" type="submit" aria-disabled={busy || text.trim() === ''}>
          {t('Send')}
        </button>
      </div>
      <p class="hint" role="status">
        {said !== '' ? said : own.length > 0 ? tn('You have sent {n}.', 'You have sent {n}.', own.length) : ''}
      </p>
    </form>
  )
}
