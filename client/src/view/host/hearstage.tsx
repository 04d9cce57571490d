// The host hears the stage: one element for each person on it, whichever tab of the console is open; all pictures are mute.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../../text/messages'
import { backstageOf } from './backstage'
import { Press } from './controls'
import type { Desk } from './desk'
import { ownGuest } from './ownpicture'

/** A host listens unless they sit in the same room as the speaker. */
const listening = signal(true)
/** The browser lets nothing sound before a press, as after a reload. */
const blocked = signal(false)

export function HearStage({ desk }: { desk: Desk }) {
  const { shown, streams } = backstageOf(desk)
  const own = ownGuest(desk)?.key
  const people = (shown.value?.people ?? []).filter((person) => person.sound && person.key !== own)
  const isMute = desk.calm.value || !listening.value
  return (
    <>
      {people.map(({ key, feed }) => {
        const stream = feed === null ? undefined : streams.value.get(feed)
        return stream === undefined ? null : <Voice key={key} stream={stream} isMute={isMute} />
      })}
    </>
  )
}

function Voice({ stream, isMute }: { stream: MediaStream; isMute: boolean }) {
  const audio = useRef<HTMLAudioElement>(null)
  const again = blocked.value
  useEffect(() => {
    const element = audio.current
    if (element === null) return
    if (element.srcObject !== stream) element.srcObject = stream
    element.muted = isMute
    if (!isMute) element.play().catch((error: unknown) => (blocked.value ||= error instanceof DOMException && error.name === 'NotAllowedError'))
  }, [stream, isMute, again])
  return <audio ref={audio} class="h-voice" />
}

export function Listen({ desk }: { desk: Desk }) {
  if (desk.calm.value) return null
  const heard = listening.value && !blocked.value
  return (
    <Press
      desk={desk}
      kind="quiet"
      always
      pressed={heard}
      onPress={() => {
        listening.value = !heard
        blocked.value = false
      }}
    >
      {heard ? t('You hear the stage') : t('Hear the stage')}
    </Press>
  )
}
