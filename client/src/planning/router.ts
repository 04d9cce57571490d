// Which page an address means, and how to get from one to the next without loading anew.
import { signal } from '@preact/signals'
import { t } from '../text/messages'

export const SERIES_TABS = ['overview', 'edit', 'programme', 'people', 'history'] as const
export type SeriesTab = (typeof SERIES_TABS)[number]
export const DATE_TABS = ['overview', 'programme', 'people', 'rehearsal'] as const
export type DateTab = (typeof DATE_TABS)[number]

export type Route =
  | { page: 'list' }
  | { page: 'calendar'; year: number | null }
  | { page: 'years' }
  | { page: 'new' }
  | { page: 'series'; id: string; tab: SeriesTab }
  | { page: 'date'; id: string; key: string; tab: DateTab }
  | { page: 'trail' }
  | { page: 'unknown' }

const BASE = '/plan'

/** The page of an address below /plan. */
export function routeOf(path: string, query = ''): Route {
  const steps = path.split('/').filter((step) => step !== '')
  if (steps.shift() !== 'plan') return { page: 'unknown' }
  const words = steps.map(decoded)
  const [first, id, third, key, fifth] = words
  if (first === undefined) return { page: 'list' }
  if (words.length === 1) {
    if (first === 'calendar') return { page: 'calendar', year: yearIn(query) }
    if (first === 'years' || first === 'trail') return { page: first }
  }
  if (first !== 'series' || id === undefined) return { page: 'unknown' }
  if (id === 'new' && words.length === 2) return { page: 'new' }
  if (third === 'on' && key !== undefined) {
    const tab = DATE_TABS.find((one) => one === (fifth ?? 'overview'))
    return tab === undefined || words.length > 5 ? { page: 'unknown' } : { page: 'date', id, key, tab }
  }
  const tab = SERIES_TABS.find((one) => one === (third ?? 'overview'))
  return tab === undefined || words.length > 3 ? { page: 'unknown' } : { page: 'series', id, tab }
}

/** The address of a page. */
export function addressOf(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'list':
      return BASE
    case 'calendar':
      return route.year === null ? `${BASE}/calendar` : `${BASE}/calendar?year=${route.year}`
    case 'years':
    case 'trail':
      return `${BASE}/${route.page}`
    case 'new':
      return `${BASE}/series/new`
    case 'series':
      return `${BASE}/series/${encodeURIComponent(route.id)}${route.tab === 'overview' ? '' : `/${route.tab}`}`
    case 'date': {
      const date = `${BASE}/series/${encodeURIComponent(route.id)}/on/${encodeURIComponent(route.key)}`
      return route.tab === 'overview' ? date : `${date}/${route.tab}`
    }
  }
}

export const seriesAddress = (id: string, tab: SeriesTab = 'overview') => addressOf({ page: 'series', id, tab })
export const dateAddress = (id: string, key: string, tab: DateTab = 'overview') => addressOf({ page: 'date', id, key, tab })

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

function yearIn(query: string): number | null {
  const year = new URLSearchParams(query).get('year') ?? ''
  return /^\d{4}$/.test(year) ? Number(year) : null
}

/** The page shown. */
export const route = signal<Route>({ page: 'list' })

/** Whether something typed on the page is not saved yet: it must not be lost by a slip. */
let unsaved: (() => boolean) | null = null

/** From now on whoever leaves the page while `isUnsaved` is asked first; returns what ends that. */
export function guardLeaving(isUnsaved: () => boolean): () => void {
  unsaved = isUnsaved
  return () => {
    if (unsaved === isUnsaved) unsaved = null
  }
}

function stays(): boolean {
  if (unsaved?.() === true && !confirm(t('What you have written here is not saved yet. Leave the page all the same?'))) return true
  unsaved = null
  return false
}

/** To another page of planning. */
export function go(address: string, replace = false): void {
  if (stays()) return
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  look()
  scrollTo(0, 0)
}

function look(): void {
  route.value = routeOf(location.pathname, location.search)
}

/** Follows the address of the window, and the presses on links that stay within planning. */
export function beginRouting(): void {
  look()
  let shown = location.href
  addEventListener('popstate', () => {
    if (stays()) history.pushState(null, '', shown)
    else look()
  })
  route.subscribe(() => (shown = location.href))
  addEventListener('beforeunload', (event) => {
    if (unsaved?.() === true) event.preventDefault()
  })
  document.addEventListener('click', (event) => {
    const { button, metaKey, ctrlKey, shiftKey, altKey, target } = event
    if (event.defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey || !(target instanceof Element)) return
    const link = target.closest('a')
    if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
    if (link.hash !== '' || routeOf(link.pathname).page === 'unknown') return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
