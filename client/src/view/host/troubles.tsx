// What is amiss with the server, in calm lines for those who lead; the ceremony goes on in each of them.
import { t } from '../../text/messages'
import type { Presence } from '../../wire'
import type { Desk } from './desk'
import { useStill } from './strip'

export type Trouble = NonNullable<Presence['troubles']>[number]

export function wordsFor(trouble: Trouble): string {
  switch (trouble) {
    case 'store.away':
      return t('The database is away. The ceremony goes on by its times; what you press is done as soon as it is back.')
    case 'disk.full':
      return t('The disk of the server is full. The ceremony goes on by its times; what you press is done when there is room. Please tell whoever looks after the server.')
    case 'disk.short':
      return t('The disk of the server is nearly full. Please tell whoever looks after the server; the ceremony goes on.')
    case 'clock.moved':
      return t('The clock of the server has been moved. The ceremony keeps to its own time, and nothing needs to be done now.')
  }
}

/** As it was when a silence began, until it is over. */
export function Troubles({ desk }: { desk: Desk }) {
  const troubles = useStill(desk)?.troubles ?? []
  return (
    <>
      {troubles.map((trouble) => (
        <p key={trouble} class="h-line is-bad">
          {wordsFor(trouble)}
        </p>
      ))}
    </>
  )
}
