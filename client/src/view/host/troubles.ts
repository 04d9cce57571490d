// What is amiss with the server, in calm lines for those who lead; the ceremony goes on in each of them.
import { t } from '../../text/messages'
import type { Presence } from '../../wire'

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
    case 'workers.apart':
      return t('Parts of the server do not hear each other. The ceremony goes on; what you press may show a second later.')
    case 'crowd.names':
      return t('So many are here that the list of names is not kept up to date by itself. The ceremony goes on as ever.')
    case 'crowd.seldom':
      return t('So many are here that counts come less often. The ceremony goes on as ever.')
    case 'crowd.counts':
      return t('So many are here that counts stand still for now. The ceremony goes on as ever.')
  }
}

/** Whether there is something for the host, or whoever looks after the server, to see to; the others pass by themselves. */
export function isGrave(trouble: Trouble): boolean {
  return trouble === 'store.away' || trouble === 'disk.full' || trouble === 'disk.short'
}
