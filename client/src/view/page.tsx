// What every part of a page can reach: the session as signals, for whom it is drawn, and the words of the ceremony.
import { createContext, type ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session } from '../session'
import type { Programme } from '../wire'
import { createView, type Text, type View } from './live'

/** Who looks: a person, a hall on a big screen, somebody with no seat, or the host's preview. */
export type Variant = 'participant' | 'hall' | 'watch' | 'preview'

export interface Page extends View {
  variant: Variant
}

const PageContext = createContext<Page | null>(null)
const views = new WeakMap<Session, View>()

/** One view for each session, however many parts draw it. */
export function viewOf(session: Session): View {
  const known = views.get(session)
  if (known !== undefined) return known
  const view = createView(session)
  views.set(session, view)
  return view
}

export function PageOf(props: { session: Session; variant: Variant; children: ComponentChildren }) {
  const page: Page = { ...viewOf(props.session), variant: props.variant }
  return <PageContext.Provider value={page}>{props.children}</PageContext.Provider>
}

export function usePage(): Page {
  const page = useContext(PageContext)
  if (page === null) throw new Error('drawn outside a page')
  return page
}

/** The programme as it is known now: the server's, or the one that came with the page. */
export function programmeOf(view: View): Programme | null {
  const live = view.live.value
  return live.state?.programme ?? live.boot.programme
}

/** A text of the ceremony on one line, marked with its language. */
export function Said({ of }: { of: Text | null | undefined }) {
  const { text, languageOf } = usePage()
  return (
    <span lang={languageOf(of)} dir="auto">
      {text(of)}
    </span>
  )
}

/** A text of the ceremony in paragraphs; single line breaks are kept; verse is set line by line. */
export function Words({ of, class: name = '', verse }: { of: Text | null | undefined; class?: string; verse?: boolean }) {
  const { text, languageOf } = usePage()
  const said = text(of).trim()
  if (said === '') return null
  return (
    <div class={`words ${name}`} lang={languageOf(of)} dir="auto">
      {said.split(/\n{2,}/).map((paragraph, at) => (
        <p key={at}>{verse ? paragraph.split('\n').map((line, row) => <span key={row}>{line}</span>) : paragraph}</p>
      ))}
    </div>
  )
}

/** A name, whatever its script: as a person has written it, or as the programme has it in several. */
export function Name({ of }: { of: Text | string }) {
  const { text, languageOf } = usePage()
  if (typeof of === 'string') return <bdi class="name">{of}</bdi>
  return (
    <bdi class="name" lang={languageOf(of)}>
      {text(of)}
    </bdi>
  )
}

/** Community and country, as far as they are known, on one line. */
export function From({ community, country }: { community?: Text | string; country?: string | null }) {
  const page = usePage()
  const own = typeof community === 'string' ? community : page.text(community)
  const land = countryName(page, country)
  const more = land !== '' && !sameWords(own, land)
  return (
    <>
      {own !== '' && <bdi lang={typeof community === 'string' ? undefined : page.languageOf(community)}>{own}</bdi>}
      {own !== '' && more && ', '}
      {more && <bdi>{land}</bdi>}
    </>
  )
}

/** Whether two names read alike: capitals, and the two dots that Russian may leave out, do not count. */
export function sameWords(a: string, b: string): boolean {
  const plain = (words: string) => words.trim().toLocaleLowerCase('ru').replaceAll('ё', 'е')
  return plain(a) === plain(b)
}

/** The first of these names that there is. */
export function firstOf(view: View, name: Text, ...others: Text[]): Text {
  return [name, ...others].find((one) => view.text(one) !== '') ?? name
}

/** The name of a country in the page's language: the organizer's own, else the usual one; '' when there is none. */
export function countryName(view: View, code: string | null | undefined): string {
  if (!code) return ''
  const { boot } = view.live.value
  const tag = document.documentElement.lang
  const own = programmeOf(view)?.countries?.[code]?.[tag]
  if (own !== undefined && own !== '') return own
  if (tag === boot.language && boot.countries[code] !== undefined) return boot.countries[code]
  try {
    return new Intl.DisplayNames([tag], { type: 'region' }).of(code) ?? boot.countries[code] ?? code
  } catch {
    return boot.countries[code] ?? code
  }
}
