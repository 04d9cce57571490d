// Puts a text where the host can paste it; where the browser does not allow that, says what to do instead.
import { t } from '../../text/messages'
import type { Desk } from './desk'

export async function copied(desk: Desk, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    desk.notify(t('This browser does not let the page copy. Please mark the address and copy it yourself.'))
    return false
  }
}
