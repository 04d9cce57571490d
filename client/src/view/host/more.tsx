// What is needed seldom: links to hand on, keys, looks, language, the end of the ceremony.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { language, mark, t } from '../../text/messages'
import { copied } from './clipboard'
import { Press, Twice } from './controls'
import type { Desk } from './desk'
import { KEYS, keysOn, setKeys } from './keys'
import { setTheme, theme, type Theme } from './theme'

const LINKS: readonly (readonly [string, string])[] = [
  ['participant', mark('For participants')],
  ['watch', mark('For those who only watch')],
  ['hall', mark('For a hall with a projector')],
  ['programme', mark('Programme, to read and print')],
  ['moderator', mark('For a moderator')],
  ['host', mark('For a host')],
]

export function More({ desk }: { desk: Desk }) {
  return (
    <div class="h-more">
      <Links desk={desk} />
      <Keys />
      <Looks desk={desk} />
      {desk.conducts.value && <End desk={desk} />}
    </div>
  )
}

const last = signal('')
const handed = signal<{ links: Record<string, string>; pins: Record<string, string> }>({ links: {}, pins: {} })

async function fetchLinks(desk: Desk): Promise<void> {
  try {
    handed.value = await desk.session.api('/api/links')
  } catch {
    // Asked again when somebody looks once more.
  }
}

function Links({ desk }: { desk: Desk }) {
  useEffect(() => void fetchLinks(desk), [desk])
  const { links, pins } = handed.value
  const known = LINKS.filter(([key]) => links[key])
  if (known.length === 0) return null
  return (
    <section>
      <h3>{t('Links to hand on')}</h3>
      <ul class="h-links">
        {known.map(([key, words]) => {
          const address = links[key] ?? ''
          const copying = last.value === key ? t('Copied') : t('Copy')
          return (
            <li key={key}>
              <p>
                <b>{t(words)}</b>
              </p>
              <p class="h-address">{address}</p>
              {pins[key] !== undefined && (
                <p class="h-facts">
                  {t('Opens the console in one browser. For a second one, and only by another way than the link: PIN {pin}', { pin: pins[key] })}
                </p>
              )}
              <div class="h-buttons">
                <Press desk={desk} kind="quiet" always label={`${copying}: ${t(words)}`} onPress={() => void copy(desk, key, address)}>
                  {copying}
                </Press>
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

async function copy(desk: Desk, key: string, address: string): Promise<void> {
  if (await copied(desk, address)) last.value = key
}

function Keys() {
  return (
    <section>
      <h3>{t('Keys')}</h3>
      <label class="h-tick">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => setKeys(event.currentTarget.checked)} />
        <span>{t('Conduct by keys too')}</span>
      </label>
      <dl class="h-keys">
        {KEYS.map((key) => (
          <div key={key.name}>
            <dt>
              <kbd>{key.name}</kbd>
            </dt>
            <dd>{t(key.words)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ['auto', mark('As this device')],
  ['light', mark('Light')],
  ['dark', mark('Dark')],
]

function Looks({ desk }: { desk: Desk }) {
  return (
    <section>
      <fieldset>
        <legend>{t('Looks of the console')}</legend>
        {THEMES.map(([value, words]) => (
          <label key={value} class="h-tick">
            <input type="radio" name="theme" checked={theme.value === value} onChange={() => setTheme(value)} />
            <span>{t(words)}</span>
          </label>
        ))}
      </fieldset>
      <h3>{t('Language of the console')}</h3>
      <p class="h-languages">
        {desk.live.value.boot.languages.map(([tag, name]) => (
          <a key={tag} class="h-press is-quiet" href={`?lang=${encodeURIComponent(tag)}`} lang={tag} hreflang={tag} aria-current={tag === language() ? 'true' : undefined}>
            {name}
          </a>
        ))}
      </p>
    </section>
  )
}

function End({ desk }: { desk: Desk }) {
  const closed = desk.shown.value.phase === 'closed'
  return (
    <section>
      <h3>{t('The end')}</h3>
      <p>{closed ? t('The ceremony is closed.') : t('Closing ends the ceremony for everybody. The closing words and the guest book stay.')}</p>
      {!closed && (
        <Twice
          desk={desk}
          id="close-now"
          words={t('Close the ceremony')}
          again={t('Yes, close the ceremony')}
          onPress={() => void desk.act('ceremony.close', {})}
        />
      )}
    </section>
  )
}
