// Wishes and lines of the guest book: held until somebody releases them, and each decision can be undone.
import { t, tn } from '../../text/messages'
import { itemOf } from '../../timeline'
import type { Wish } from '../../wire'
import { countryName } from '../page'
import { timeAt } from '../dates'
import { Press } from './controls'
import type { Desk } from './desk'

export function Wishes({ desk }: { desk: Desk }) {
  const { wishes } = desk.state.value.tributes
  const held = wishes.filter((wish) => wish.state === 'held')
  const released = wishes.filter((wish) => wish.state === 'released').reverse()
  const withheld = wishes.filter((wish) => wish.state === 'withheld').reverse()
  return (
    <div class="h-wishes">
      {held.length === 0 && <p class="h-empty">{t('No words wait to be looked at.')}</p>}
      {held.length > 0 && <h3>{tn('{n} text to look at', '{n} texts to look at', held.length)}</h3>}
      <ol class="h-entries">
        {held.map((wish) => (
          <One key={wish.id} desk={desk} wish={wish} />
        ))}
      </ol>
      {released.length > 0 && (
        <>
          <h3>{tn('{n} text is on the page', '{n} texts are on the page', released.length)}</h3>
          <ol class="h-entries">
            {released.map((wish) => (
              <One key={wish.id} desk={desk} wish={wish} />
            ))}
          </ol>
        </>
      )}
      {withheld.length > 0 && (
        <details class="h-past">
          <summary>{tn('{n} text is kept back', '{n} texts are kept back', withheld.length)}</summary>
          <ol class="h-entries">
            {withheld.map((wish) => (
              <One key={wish.id} desk={desk} wish={wish} />
            ))}
          </ol>
        </details>
      )}
    </div>
  )
}

function One({ desk, wish }: { desk: Desk; wish: Wish }) {
  const programme = desk.programme.value
  const item = programme === null ? null : itemOf(programme, wish.item_id)
  const from = [wish.community, countryName(desk, wish.country)].filter((part) => part !== '')
  const back = wish.state === 'held' ? t('Keep back') : t('Take from the page')
  const name = wish.name || t('without a name')
  return (
    <li class={`h-entry is-wish is-${wish.state}`}>
      <p class="h-said" dir="auto">
        {wish.text}
      </p>
      <p class="h-facts">
        <b dir="auto">{name}</b>
        {from.length > 0 && ` · ${from.join(' · ')}`}
      </p>
      <p class="h-facts">
        {programme !== null && timeAt(wish.at_ms, programme.zone)}
        {item !== null && ` · ${desk.text(item.title)}`}
      </p>
      <div class="h-buttons">
        {wish.state !== 'released' && (
          <Press desk={desk} kind={wish.state === 'held' ? 'main' : 'quiet'} label={`${t('Release')}: ${name}`} onPress={() => void desk.act('wish.release', { wish_id: wish.id, aimed: wish.state })}>
            {t('Release')}
          </Press>
        )}
        {wish.state !== 'withheld' && (
          <Press desk={desk} kind={wish.state === 'held' ? 'plain' : 'quiet'} label={`${back}: ${name}`} onPress={() => void desk.act('wish.withhold', { wish_id: wish.id, aimed: wish.state })}>
            {back}
          </Press>
        )}
      </div>
    </li>
  )
}
