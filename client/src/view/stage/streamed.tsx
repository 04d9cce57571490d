// The stage as a watcher sees it: one picture, some seconds late, with the name of whoever is sent.
import { useMemo } from 'preact/hooks'
import { RUN, streamAt } from '../../stage/streamed'
import { t } from '../../text/messages'
import type { Moment } from '../../timeline'
import type { Media, OnStage } from '../../wire'
import { Broadcast } from '../broadcast'
import { From, Name, programmeOf, Said, usePage, type Page } from '../page'
import { Over } from '../spoken'
import { whoOf } from './whose'

/** The address of the stream that is to be played now; '' for none. */
export function streamOf(page: Page, shown: Moment): string {
  const { state, stream } = page.live.value
  return state === null ? '' : streamAt(shown, stream.url, state.stage, state.progress.holding_since_ms !== null)
}

export function Streamed() {
  const page = usePage()
  const { shown, live } = page
  const { item } = shown.value
  // Asked again here: what fades out is drawn on for a moment, and is not to be heard in it.
  const url = streamOf(page, shown.value)
  const media = useMemo(() => mediaOf(url), [url])
  const { whose } = live.value.stream
  return (
    <section class="picture voice">
      <div class="voice-who">
        {item === null ? (
          <h1 class="over">
            <Said of={programmeOf(page)?.title} />
          </h1>
        ) : (
          <Over item={item} />
        )}
        {url !== '' && <Broadcast media={media} run={RUN} label={t('The stage')} />}
        {whose !== null && <Plate person={whose} />}
      </div>
    </section>
  )
}

function Plate({ person }: { person: OnStage }) {
  const { name, community } = whoOf(usePage(), person)
  return (
    <div class="plate" data-large>
      <p class="plate-name">
        <Name of={name} />
      </p>
      <p class="plate-note">
        <From community={community} country={person.country} />
      </p>
    </div>
  )
}

function mediaOf(url: string): Media {
  return {
    sources: url === '' ? [] : [{ provider: 'hls', id: '', url, delay_s: null }],
    still: null,
    captions: [],
    duration_s: null,
    fallback_text: {},
    live: true,
    volume: 1,
  }
}
