// Moderating, beside the console or as a page of its own at `#moderate`; what it needs is fetched when it is first looked at.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ComponentType } from 'preact'
import { t } from '../../text/messages'
import type { Desk } from './desk'

export const MODERATE = '#moderate'

/** What stands behind the # of the address. */
export const place = signal(location.hash)
window.addEventListener('hashchange', () => (place.value = location.hash))

type Page = ComponentType<{ desk: Desk; whole?: boolean }>
const fetched = signal<Page | null>(null)
const AGAIN_MS = 2000

function fetchPage(): void {
  if (fetched.peek() !== null) return
  import('./moderation').then(
    (module) => (fetched.value = module.default),
    () => void setTimeout(fetchPage, AGAIN_MS),
  )
}

export function Moderating({ desk, whole = false }: { desk: Desk; whole?: boolean }) {
  useEffect(fetchPage, [])
  const Shown = fetched.value
  return Shown === null ? <p class="h-empty">{t('One moment')}</p> : <Shown desk={desk} whole={whole} />
}
