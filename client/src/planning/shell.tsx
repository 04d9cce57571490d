// What stands around every page of planning: where one is, where one can go, and the bar that says what was done.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../text/messages'
import { chooseLanguage, tongue } from '../view/speech'
import { Calendar } from './calendar'
import { DatePage } from './date'
import { hush, LinkButton, SavedBar, Show, tellTrouble, useLoaded } from './kit'
import { SeriesList } from './list'
import { addressOf, route, type Route } from './router'
import { SeriesPage } from './series'
import { Trail } from './trail'
import type { Boot } from './types'
import { Years } from './years'

export function Shell({ boot }: { boot: Boot }) {
  const now = route.value
  // Every text is said anew when the language changes.
  const spoken = tongue.value
  return (
    <div class="p-page" key={spoken}>
      <a class="p-skip" href="#content">
        {t('To the content')}
      </a>
      <header class="p-top">
        <a class="p-brand" href="/plan">
          {t('Planning')}
        </a>
        <nav aria-label={t('Parts of planning')}>
          <ul>
            <Way to={{ page: 'list' }} now={now}>
              {t('Series')}
            </Way>
            <Way to={{ page: 'calendar', year: null }} now={now}>
              {t('Calendar of the year')}
            </Way>
            <Way to={{ page: 'years' }} now={now}>
              {t('Ten years')}
            </Way>
            <Way to={{ page: 'trail' }} now={now}>
              {t('History')}
            </Way>
            <li>
              <a href="/desk">{t('The desk')}</a>
            </li>
          </ul>
        </nav>
        <Tongues languages={boot.languages} />
      </header>
      <main id="content" tabIndex={-1}>
        <Page now={now} />
      </main>
      <SavedBar />
    </div>
  )
}

function Way({ to, now, children }: { to: Exclude<Route, { page: 'unknown' }>; now: Route; children: string }) {
  return (
    <li>
      <a href={addressOf(to)} aria-current={to.page === now.page ? 'page' : undefined}>
        {children}
      </a>
    </li>
  )
}

function Tongues({ languages }: { languages: readonly [string, string][] }) {
  if (languages.length < 2) return null
  return (
    <label class="p-tongues">
      <span class="unseen">{t('Language')}</span>
      <select
        value={document.documentElement.lang}
        onChange={(event) => void chooseLanguage(event.currentTarget.value).catch(tellTrouble)}
      >
        {languages.map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The page of a route; a tab of the same page is not drawn anew. */
function Page({ now }: { now: Route }) {
  switch (now.page) {
    case 'list':
      return <SeriesList />
    case 'calendar':
      return <Calendar year={now.year} />
    case 'years':
      return <Years />
    case 'new':
      return <NewSeries />
    case 'series':
      return <SeriesPage key={now.id} id={now.id} tab={now.tab} />
    case 'date':
      return <DatePage key={`${now.id} ${now.key}`} id={now.id} date={now.key} tab={now.tab} />
    case 'trail':
      return <Trail />
    case 'unknown':
      return (
        <Titled title={t('There is no such page')}>
          <LinkButton href="/plan">{t('To the series')}</LinkButton>
        </Titled>
      )
  }
}

function NewSeries() {
  return (
    <Titled title={t('A new series')}>
      <SeriesForm />
    </Titled>
  )
}

export interface TitledProps {
  title: string
  /** In which language the title is, where it is not that of the page. */
  lang?: string | undefined
  /** Beside the title. */
  aside?: ComponentChildren
  /** Above the title: what it belongs to. */
  above?: ComponentChildren
  children: ComponentChildren
}

let first = true

/** A page with its heading, which is read out when the page is shown. */
export function Titled({ title, lang, aside, above, children }: TitledProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    hush()
    if (!first) heading.current?.focus({ preventScroll: true })
    first = false
  }, [])
  useEffect(() => {
    document.title = title === '' ? t('Planning') : `${title} · ${t('Planning')}`
  }, [title])
  return (
    <>
      <div class="p-heading">
        {above}
        <h1 ref={heading} tabIndex={-1} lang={lang}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  )
}

/** The editor of a series, fetched when it is wanted. */
export function SeriesForm({ id }: { id?: string }) {
  const editors = useLoaded(() => import('./edit/index'), [])
  return <Show of={editors}>{({ SeriesEditor }) => <SeriesEditor {...(id === undefined ? {} : { id })} />}</Show>
}

/** The editor of a programme, of a series or of one date. */
export function ProgrammeForm({ series, date }: { series: string; date?: string }) {
  const editors = useLoaded(() => import('./edit/index'), [])
  // In the editor's words the date is the key.
  const more = date === undefined ? {} : { occurrence: date }
  return <Show of={editors}>{({ ProgrammeEditor }) => <ProgrammeEditor series={series} {...more} />}</Show>
}
