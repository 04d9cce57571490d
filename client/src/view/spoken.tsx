// What is spoken, and read along: an address, a reading, a response; and the plate with a speaker's name.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import type * as wire from '../wire'
import { Broadcast, hasPicture } from './broadcast'
import type { Text } from './live'
import { firstOf, Name, Said, usePage, Words } from './page'
import type { PictureProps } from './pictures'

/** The title of the item, small, above what is shown of it. */
export function Over({ item, children }: { item: wire.Item; children?: ComponentChildren }) {
  return (
    <h1 class="over">
      <Said of={item.title} />
      {children}
    </h1>
  )
}

/** Title and words alone: what stands for a picture that has not come yet. */
export function Plain({ item }: { item: wire.Item }) {
  return (
    <section class="picture">
      <Over item={item} />
      <Words of={item.text} class="large" />
    </section>
  )
}

/** Who speaks, in large letters, and as what or from where. */
export function Plate({ name, children, large }: { name: Text; children?: ComponentChildren; large?: boolean }) {
  const { text } = usePage()
  return (
    <div class="plate" data-large={large || undefined}>
      {text(name) !== '' && (
        <p class="plate-name">
          <Name of={name} />
        </p>
      )}
      <p class="plate-note">{children}</p>
    </div>
  )
}

/** Text to read along: scrolls by itself in its own place, and can be scrolled by keys. */
export function Along({ of, poem }: { of: Text; poem?: boolean }) {
  const { text } = usePage()
  if (text(of).trim() === '') return null
  return (
    <div class="along" tabIndex={0} role="region" aria-label={t('The text')}>
      <Words of={of} class={poem ? 'poem' : ''} verse={poem} />
    </div>
  )
}

/** One speaker, with a picture where there is one, and the text beside it. */
export function Address({ item, detail, run }: PictureProps<wire.Address>) {
  const page = usePage()
  const { text } = page
  const speaker = firstOf(page, detail.speaker, item.presenter)
  return (
    <section class="picture voice" data-words={text(item.text) === '' ? undefined : ''}>
      <div class="voice-who">
        <Over item={item} />
        {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={text(speaker) || text(item.title)} />}
        <Plate name={speaker}>
          <Said of={detail.role} />
          {detail.interpretation !== '' && <span class="second"> {detail.interpretation}</span>}
        </Plate>
      </div>
      <Along of={item.text} />
    </section>
  )
}

/** A recorded message: the picture large, the speaker's name always in writing, the text for whoever asks for it. */
export function VideoMessage({ item, detail, run }: PictureProps<wire.VideoMessage>) {
  const page = usePage()
  const { text } = page
  const [reading, setReading] = useState(false)
  const hasText = text(item.text).trim() !== ''
  const picture = hasPicture(item.media)
  const side = hasText && (reading || !picture)
  return (
    <section class="picture voice" data-words={side ? '' : undefined} data-film={picture ? '' : undefined}>
      <div class="voice-who">
        <Over item={item} />
        {picture && <Broadcast media={item.media!} run={run} label={text(detail.speaker) || text(item.title)} />}
        <div class="plate-row">
          <Plate name={firstOf(page, detail.speaker, item.presenter)}>
            <Said of={detail.role} />
          </Plate>
          {hasText && picture && (
            <button class="button" type="button" aria-expanded={reading} onClick={() => setReading(!reading)}>
              {reading ? t('The picture alone') : t('Text of the message')}
            </button>
          )}
        </div>
      </div>
      {side && <Along of={item.text} />}
    </section>
  )
}

export function Film({ item, detail, run }: PictureProps<wire.Film>) {
  const { text } = usePage()
  return (
    <section class="picture voice" data-film="">
      <div class="voice-who">
        <Over item={item} />
        {hasPicture(item.media) ? <Broadcast media={item.media} run={run} label={text(item.title)} /> : <Along of={item.text} />}
        <p class="plate-note">
          {detail.rating_note}
          {/^(https:\/\/|\/(?!\/))/.test(detail.audio_description) && (
            <a class="link" href={detail.audio_description}>
              {t('Audio description')}
            </a>
          )}
        </p>
      </div>
    </section>
  )
}

export function Reading({ item, detail, run }: PictureProps<wire.Reading>) {
  const { text } = usePage()
  return (
    <section class="picture reading">
      <Over item={item} />
      {hasPicture(item.media) && <Broadcast media={item.media} run={run} label={text(item.title)} />}
      <Along of={item.text} poem />
      <p class="reading-by">
        {text(detail.author) !== '' && <Name of={detail.author} />}
        {text(detail.reader) !== '' && text(detail.reader) !== text(detail.author) && (
          <span class="second">{t('Read by {name}', { name: text(detail.reader) })}</span>
        )}
        {detail.rights !== '' && <span class="second">{detail.rights}</span>}
      </p>
    </section>
  )
}

export function Response({ item, detail }: PictureProps<wire.Response>) {
  return (
    <section class="picture response">
      <Over item={item} />
      <Words of={detail.call} class="response-call" />
      <div class="response-answer">
        <p class="second">{t('We answer together:')}</p>
        <Words of={detail.answer} class="huge" />
      </div>
    </section>
  )
}
