// Help, always in the same place: whom to call, which is always at hand, and then all else.
import { t } from '../text/messages'
import { HelpPage } from './later'
import { programmeOf, usePage } from './page'
import { Sheet } from './sheet'
import { Telephone } from './telephone'

export function Help() {
  const page = usePage()
  const telephone = page.live.value.boot.telephone || (programmeOf(page)?.telephone ?? '')
  return (
    <Sheet title={t('Help')}>
      <section class="sheet-part">
        {telephone === '' ? (
          <p>{t('Please ask the person who invited you.')}</p>
        ) : (
          <>
            <p>{t('Call us, we will gladly help:')}</p>
            <Telephone number={telephone} class="button telephone" />
          </>
        )}
      </section>
      <HelpPage />
    </Sheet>
  )
}
