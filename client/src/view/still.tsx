// A flame and nothing else: what stands wherever there is nothing to show, or nothing can be shown.
import '../style/audience.css'
import type { ComponentChildren } from 'preact'
import { Flame } from './flame'
import { programmeOf, Said, usePage } from './page'

/** A flame and nothing else. */
export function Still({ children }: { children?: ComponentChildren }) {
  return (
    <section class="picture still">
      <div class="still-flame">
        <Flame />
      </div>
      <Hidden />
      {children}
    </section>
  )
}

/** What page this is, for whoever cannot see that it is still. */
export function Hidden() {
  return (
    <h1 class="unseen">
      <Said of={programmeOf(usePage())?.title} />
    </h1>
  )
}
