// Parts of a page that nobody needs at the door: fetched once the door stands open, and again until they are there.
import { signal } from '@preact/signals'
import type { ComponentChild, FunctionComponent } from 'preact'

const AGAIN_MS = 3000

type Behind = typeof import('./behind')

const behind = signal<Behind | null>(null)
let fetching = false

export function fetchBehind(): void {
  if (fetching) return
  fetching = true
  import('./behind')
    .then((found) => (behind.value = found))
    .catch(() => {
      fetching = false
      setTimeout(fetchBehind, AGAIN_MS)
    })
}

/** The part when it is there; until then what stands in for it. */
function later<Props extends object>(pick: (found: Behind) => FunctionComponent<Props>) {
  return function Later({ meanwhile = null, ...props }: Props & { meanwhile?: ComponentChild }) {
    fetchBehind()
    const found = behind.value
    if (found === null) return <>{meanwhile}</>
    const Part = pick(found)
    return <Part {...(props as unknown as Props)} />
  }
}

export const DetailsFields = later((found) => found.DetailsFields)
export const Inside = later((found) => found.Inside)
