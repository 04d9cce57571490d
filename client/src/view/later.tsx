// Parts of a page that are fetched once what is before them has been drawn, and again until they are there.
import { signal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChild, FunctionComponent } from 'preact'
import { renew } from '../renewal'
import { speakAlso } from '../text/messages'
import type { Moment } from '../timeline'
import type { Page } from './page'

const AGAIN_MS = 2000
const AGAIN_MOST_MS = 15_000

/** The server has other scripts by now, and a part of these is there no more: only a new page can have it. */
export const replaced = signal(false)

let calm: ReadonlySignal<boolean> = signal(false)

/** While `quiet` nothing is fetched that the present picture can do without, and no page begins anew. */
export function fetchNothingWhile(quiet: ReadonlySignal<boolean>): void {
  calm = quiet
}

interface Part<Exports> {
  found: ReadonlySignal<Exports | null>
  fetch: () => Promise<void>
}

function part<Exports>(name: string, load: () => Promise<Exports>, waits: boolean, onGone: () => void): Part<Exports> {
  const found = signal<Exports | null>(null)
  let fetching: Promise<void> | null = null
  async function untilThere(): Promise<void> {
    for (let wait_ms = AGAIN_MS; found.peek() === null; wait_ms = Math.min(2 * wait_ms, AGAIN_MOST_MS)) {
      while (waits && calm.peek()) await pause(1000)
      try {
        if (await isGone(name)) onGone()
        found.value = await load()
      } catch {
        await pause(wait_ms)
      }
    }
  }
  return { found, fetch: () => (fetching ??= untilThere()) }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * Fetches the files of this part, which the page names in its head, into the browser's cache; true where the server has
 * one no more. Rejects on a line that is down: most browsers remember a failed import for as long as the page lives, so
 * that nothing may be imported before it is here.
 */
async function isGone(name: string): Promise<boolean> {
  const named = [...document.querySelectorAll<HTMLMetaElement>(`meta[data-part="${name}"]`)]
  const answers = await Promise.all(named.map(({ content }) => fetch(content)))
  const refused = answers.find((answer) => !answer.ok && answer.status !== 404)
  if (refused !== undefined) throw new Error(`${refused.url}: ${refused.status}`)
  await Promise.all(answers.map((answer) => answer.arrayBuffer()))
  return answers.some((answer) => !answer.ok)
}

const behind = part('behind', () => import('./behind'), false, () => void (calm.peek() || renew()))
const further = part('further', withTexts, true, () => (replaced.value = true))

async function withTexts() {
  const [found] = await Promise.all([import('./further'), speakAlso('further')])
  return found
}

/** Imported by whoever needs it; here it only comes into the browser's cache. */
const rest = part('rest', () => Promise.resolve(true), true, () => (replaced.value = true))

/** What is behind the door, and then all else. */
export function fetchBehind(): void {
  void behind.fetch().then(fetchFurther)
}

export function fetchFurther(): Promise<void> {
  return further.fetch().then(rest.fetch)
}

/** What is in the picture's place instead of the item's own: the stage; null for nothing. Its name, and itself. */
export function staged(page: Page, shown: Moment): [string, ComponentChild] | null {
  return further.found.value?.staged(page, shown) ?? null
}

/** The component when it is there; until then what stands in for it. */
function later<Exports, Props extends object>(of: Part<Exports>, pick: (found: Exports) => FunctionComponent<Props>) {
  return function Later({ meanwhile = null, ...props }: Props & { meanwhile?: ComponentChild }) {
    void of.fetch()
    const found = of.found.value
    if (found === null) return <>{meanwhile}</>
    const Component = pick(found)
    return <Component {...(props as unknown as Props)} />
  }
}

export const Inside = later(behind, (found) => found.Inside)
export const Closed = later(further, (found) => found.Closed)
export const DetailsFields = later(further, (found) => found.DetailsFields)
export const Erased = later(further, (found) => found.Erased)
export const HelpPage = later(further, (found) => found.HelpPage)
export const LateSound = later(further, (found) => found.LateSound)
export const Rarer = later(further, (found) => found.Rarer)
export const RecordingMark = later(further, (found) => found.RecordingMark)
export const SeatLine = later(further, (found) => found.SeatLine)
export const Several = later(further, (found) => found.Several)
export const Speak = later(further, (found) => found.Speak)
export const Turn = later(further, (found) => found.Turn)
