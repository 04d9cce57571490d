// The door to the uninvited: who walks in, who waits, who is told that it is closed.
import { mark, t } from '../../text/messages'
import type { CommandFields } from '../../wire'
import { Press } from './controls'
import type { Desk } from './desk'

type Policy = CommandFields['door.set']['policy']

const POLICIES: readonly (readonly [Policy, string, string])[] = [
  ['open', mark('Open'), mark('Everybody who has the link walks in.')],
  ['knock', mark('Knock'), mark('People without an invitation wait until somebody lets them in.')],
  ['closed', mark('Closed'), mark('Nobody new comes in, but for those invited in person. Who is inside stays.')],
]

export function Doors({ desk }: { desk: Desk }) {
  const state = desk.state.value
  const now = state.door ?? state.programme?.door ?? 'knock'
  const meaning = POLICIES.find(([policy]) => policy === now)?.[2]
  return (
    <section class="h-doors">
      <h3 id="doors">{t('The door')}</h3>
      <div class="h-buttons" role="group" aria-labelledby="doors">
        {POLICIES.map(([policy, words]) => (
          <Press
            key={policy}
            desk={desk}
            always
            kind={policy === now ? 'main' : 'plain'}
            pressed={policy === now}
            disabled={!desk.conducts.value}
            onPress={() => policy !== now && void desk.act('door.set', { policy })}
          >
            {t(words)}
          </Press>
        ))}
      </div>
      {meaning !== undefined && <p class="h-facts">{t(meaning)}</p>}
    </section>
  )
}
