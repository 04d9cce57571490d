// Before the door: somebody waits to be let in, or is told why not. Watching is always open.
import { t } from '../text/messages'
import type { Standing } from '../state'
import { Occasion } from './occasion'
import { programmeOf, usePage } from './page'
import { Telephone } from './telephone'

/** `again` is there when the person can knock once more. */
export function Outside({ standing, again }: { standing: Standing; again?: () => void }) {
  const page = usePage()
  const programme = programmeOf(page)
  const { telephone, ceremony_id } = page.live.value.boot
  const [title, lines] = words(standing)
  return (
    <div class="entry" role="status">
      {programme !== null && <Occasion programme={programme} />}
      <h2>{title}</h2>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <div class="entry-act">
        {again !== undefined && (
          <button class="button" type="button" data-main onClick={again}>
            {t('Try again')}
          </button>
        )}
        <a class="button is-second" href={`/c/${encodeURIComponent(ceremony_id)}/watch`}>
          {t('Watch the ceremony')}
        </a>
      </div>
      {telephone !== '' && (
        <p class="entry-help">
          {t('Do you need help? Call us:')} <Telephone number={telephone} />
        </p>
      )}
    </div>
  )
}

function words(standing: Standing): [string, string[]] {
  switch (standing) {
    case 'waiting':
      return [
        t('Please wait a moment at the door'),
        [t('Somebody who leads the ceremony will let you in. The page goes on by itself; you need do nothing.')],
      ]
    case 'closed':
      return [t('The doors are closed'), [t('Nobody new is let in just now. You can see and hear the whole ceremony without a seat.')]]
    case 'banned':
      return [t('You cannot come in here'), [t('If this is a mistake, please ring us.')]]
    default:
      return [t('You have not been let in'), [t('You can see and hear the whole ceremony without a seat.')]]
  }
}
