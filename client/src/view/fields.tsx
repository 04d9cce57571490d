// Where a person says something about themselves, none of it required: name, community, country, how many sit here, who may
// see it.
import { useId } from 'preact/hooks'
import { t, tn } from '../text/messages'
import { dateAt } from './dates'
import type { Details } from './details'
import { countryName, usePage } from './page'

export const NAME_MOST = 60
export const COMMUNITY_MOST = 80
const PEOPLE_MOST = 500

interface Props {
  value: Details
  onChange: (next: Details) => void
}

export function DetailsFields({ value, onChange }: Props) {
  const id = useId()
  const set = (patch: Partial<Details>) => onChange({ ...value, ...patch })
  return (
    <div class="details-fields">
      <div class="field">
        <label for={`${id}name`}>{t('Your name')}</label>
        <input
          id={`${id}name`}
          type="text"
          autocomplete="name"
          maxLength={NAME_MOST}
          dir="auto"
          value={value.name}
          onInput={(event) => set({ name: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for={`${id}community`}>{t('Your town, association or family')}</label>
        <input
          id={`${id}community`}
          type="text"
          maxLength={COMMUNITY_MOST}
          dir="auto"
          value={value.community}
          onInput={(event) => set({ community: event.currentTarget.value })}
        />
      </div>
      <CountryField value={value.country} onChange={(country) => set({ country })} />
      <People value={value.people} onChange={(people) => set({ people })} />
      <fieldset class="choices">
        <legend>{t('What may the others see of you?')}</legend>
        <Consent value="count" now={value.consent} onChoose={(consent) => set({ consent })} group={id}>
          {t('Nothing: I am only counted')}
        </Consent>
        <Consent value="first" now={value.consent} onChoose={(consent) => set({ consent })} group={id}>
          {t('My first name and my country')}
        </Consent>
        <Consent value="full" now={value.consent} onChoose={(consent) => set({ consent })} group={id}>
          {t('My full name, my community and my country')}
        </Consent>
        <p class="hint">
          {t('The hosts see what you write here, so that they can greet you. You may change all of it at any time, under Help.')} <Kept />
        </p>
      </fieldset>
    </div>
  )
}

/** Until when what people write is kept. */
function Kept() {
  const { keeping, programme } = usePage().live.value.boot
  const until_ms = keeping?.until_ms ?? null
  if (until_ms === null) return null
  return <>{t('It is erased on {date}.', { date: dateAt(until_ms, programme?.zone) })}</>
}

/** Asked apart from all else, and never ticked beforehand. */
export function Recording({ value, onChange }: { value: boolean; onChange: (agreed: boolean) => void }) {
  return (
    <label class="choice recording">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {t('I agree that my words may be recorded')}
        <small>{t('Only when you speak. You may speak without it, too.')}</small>
      </span>
    </label>
  )
}

function Consent(props: {
  value: Details['consent']
  now: Details['consent']
  group: string
  children: string
  onChoose: (value: Details['consent']) => void
}) {
  return (
    <label class="choice">
      <input
        type="radio"
        name={`${props.group}consent`}
        checked={props.value === props.now}
        onChange={() => props.onChoose(props.value)}
      />
      <span>{props.children}</span>
    </label>
  )
}

export function CountryField({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const page = usePage()
  const id = useId()
  const { boot } = page.live.value
  const order = new Intl.Collator(document.documentElement.lang)
  const countries = Object.keys(boot.countries)
    .map((code) => ({ code, name: countryName(page, code) }))
    .sort((a, b) => order.compare(a.name, b.name))
  return (
    <div class="field">
      <label for={id}>{t('Country or region')}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t('I would rather not say')}</option>
        {countries.map((one) => (
          <option key={one.code} value={one.code}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  )
}

function People({ value, onChange }: { value: number; onChange: (people: number) => void }) {
  const id = useId()
  const to = (people: number) => onChange(Math.min(PEOPLE_MOST, Math.max(1, people)))
  return (
    <div class="field" role="group" aria-labelledby={id}>
      <span class="label" id={id}>
        {t('How many of you are at this screen?')}
      </span>
      <div class="stepper">
        <button class="button" type="button" aria-label={t('One fewer')} disabled={value <= 1} onClick={() => to(value - 1)}>
          −
        </button>
        <output class="digits" aria-live="polite">
          {tn('{n} person', '{n} people', value)}
        </output>
        <button class="button" type="button" aria-label={t('One more')} disabled={value >= PEOPLE_MOST} onClick={() => to(value + 1)}>
          +
        </button>
      </div>
    </div>
  )
}
