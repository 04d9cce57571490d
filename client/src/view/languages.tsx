// The choice of language: each named in itself, never by a flag.
import { useState } from 'preact/hooks'
import { t } from '../text/messages'
import { usePage } from './page'
import { chooseLanguage } from './speech'

const BUTTONS_MOST = 4

export function Languages() {
  const page = usePage()
  const [busy, setBusy] = useState(false)
  const { languages } = page.live.value.boot
  const now = document.documentElement.lang
  if (languages.length < 2) return null

  async function choose(tag: string): Promise<void> {
    if (busy || tag === now) return
    setBusy(true)
    try {
      await chooseLanguage(tag)
      if (page.live.peek().link === 'live') await page.session.updateMe({ language: tag })
    } catch {
      // It could not be fetched; the page stays as it is and the person may press again.
    } finally {
      setBusy(false)
    }
  }

  if (languages.length > BUTTONS_MOST) {
    return (
      <label class="languages">
        <span class="unseen">{t('Language')}</span>
        <select value={now} onChange={(event) => void choose(event.currentTarget.value)}>
          {languages.map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
    )
  }
  return (
    <div class="languages" role="group" aria-label={t('Language')}>
      {languages.map(([tag, name]) => (
        <button key={tag} class="button" type="button" lang={tag} aria-pressed={tag === now} onClick={() => void choose(tag)}>
          {name}
        </button>
      ))}
    </div>
  )
}
