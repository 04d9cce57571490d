// Says to a person, in plain words, why something asked for was not possible.
import { t } from '../text/messages'
import type { Ack } from '../wire'

export function refusalSaid(answer: Ack): string {
  switch (answer.code) {
    case 'silence.locked':
      return t('Not during the silence. Please try again after it.')
    case 'phase.not_allowed':
      return t('This is not possible at this moment of the ceremony.')
    case 'floor.not_asking':
      return t('No more requests to speak are taken now. You may send a wish in writing.')
    case 'floor.already_asked':
      return t('You have asked to speak already.')
    case 'floor.full':
      return t('So many have asked to speak that the list is full.')
    case 'wish.enough':
      return t('You have written several already. Thank you.')
    case 'words.not_allowed':
      return answer.facts?.['reason'] === 'characters'
        ? t('Some characters cannot be sent. Please write it again without them.')
        : t('Please make the text a little shorter, or fill in what is empty.')
    case 'item.not_live':
    case 'candle.not_now':
    case 'wreath.not_yet':
      return t('The ceremony has gone on meanwhile.')
    default:
      return t('That did not work. Please try again, or call us.')
  }
}
