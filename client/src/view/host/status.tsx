// The line below the top bar that says how the evening fares; in a silence it stays as it was.
import type { Desk } from './desk'
import { useStill } from './strip'
import { wellbeing } from './wellbeing'

export function Status({ desk }: { desk: Desk }) {
  const told = wellbeing(useStill(desk))
  if (told === null || desk.shown.value.phase === 'closed') return null
  return (
    <div class={`h-wellbeing is-${told.tone}`}>
      {told.amiss.length > 0 && (
        <div role="status">
          {told.amiss.map(({ words, grave }) => (
            <p key={words} class={grave ? 'h-amiss' : ''}>
              {words}
            </p>
          ))}
        </div>
      )}
      {told.sentences.length > 0 && <p>{told.sentences.join(' ')}</p>}
    </div>
  )
}
