// A recording or a live picture: links that stand in for one another, each with a check, captions and a calm picture.
import { useId, useState } from 'preact/hooks'
import { t } from '../../text/messages'
import { checkLink } from './calls'
import { languageName } from '../words'
import { useEditing } from './editing'
import { faultsOf, faultsWithin } from './faults'
import { KeyField } from './fields'
import { hintOf, labelOf } from './labels'
import { Ordered } from './ordered'
import { Faults, Group, Numeral, Press } from './parts'
import { isTable, type Json, type Path } from './paths'

/** Keys that have fields of their own here. */
const OWN = ['sources', 'captions']

export function MediaField({ path }: { path: Path }) {
  const { draft, forms, languages, off } = useEditing()
  const id = useId()
  const label = labelOf('media', 'media')
  const value = draft.value(path)
  if (value === undefined) {
    if (off) return null
    return (
      <div class="e-field is-wide">
        <Press onPress={() => draft.put(path, { sources: [''] })}>{t('Add a recording or a live picture')}</Press>
        <Faults faults={faultsWithin(draft.faults.value, path)} label={label} />
      </div>
    )
  }
  const isLive = draft.value([...path, 'live']) === true
  const captions = draft.value([...path, 'captions'])
  const others = Object.keys(isTable(captions) ? captions : {}).filter((tag) => !languages.includes(tag))
  return (
    <div class="e-media is-wide" role="group" aria-labelledby={id}>
      <div class="e-between">
        <h4 id={id}>{label}</h4>
        {!off && (
          <Press kind="quiet" onPress={() => draft.drop(path, label)}>
            {t('Take out')}
          </Press>
        )}
      </div>
      <Faults faults={faultsOf(draft.faults.value, path)} label={label} />
      <Group label={labelOf('media', 'sources')} hint={hintOf('media', 'sources')} faults={faultsOf(draft.faults.value, [...path, 'sources'])} wide>
        <Ordered
          path={[...path, 'sources']}
          label={labelOf('media', 'sources')}
          flat
          nameOf={(source, index) => linkOf(source) || t('Link {number}', { number: index + 1 })}
          add={{ words: t('Add a link'), make: () => '' }}
        >
          {(source, index) => <Source source={source} path={[...path, 'sources', index]} number={index + 1} isLive={isLive} />}
        </Ordered>
      </Group>
      <Group label={labelOf('media', 'captions')} hint={hintOf('media', 'captions')} faults={faultsOf(draft.faults.value, [...path, 'captions'])} wide>
        <div class="e-beside">
          {[...languages, ...others].map((tag) => {
            const place = [...path, 'captions', tag]
            const file = draft.value(place)
            return (
              <div key={tag} class="e-one">
                <label class="e-lang" for={`${id}${tag}`} lang={tag}>
                  {languageName(tag)}
                </label>
                <input
                  id={`${id}${tag}`}
                  value={typeof file === 'string' ? file : ''}
                  readOnly={off}
                  autocomplete="off"
                  spellcheck={false}
                  onInput={(event) => draft.put(place, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
                />
                <Faults faults={faultsWithin(draft.faults.value, place)} label={languageName(tag)} />
              </div>
            )
          })}
        </div>
      </Group>
      <div class="e-fields">
        {forms.media
          .filter((key) => !OWN.includes(key.name))
          .map((key) => (
            <KeyField key={key.name} spec={key} path={[...path, key.name]} owner="media" />
          ))}
      </div>
    </div>
  )
}

function linkOf(source: Json): string {
  const link = isTable(source) ? source['link'] : source
  return typeof link === 'string' ? link : ''
}

interface Looked {
  link: string
  ok: boolean
  provider: string
  said: string
}

interface SourceProps {
  source: Json
  path: Path
  number: number
  isLive: boolean
}

function Source({ source, path, number, isLive }: SourceProps) {
  const { draft, off } = useEditing()
  const [said, setSaid] = useState<Looked | 'busy' | null>(null)
  const id = useId()
  const link = linkOf(source)
  const delay = isTable(source) && typeof source['delay_s'] === 'number' ? source['delay_s'] : null
  const set = (next: string, delay_s: number | null) => draft.put(path, delay_s === null ? next : { link: next, delay_s })
  const faults = faultsWithin(draft.faults.value, path)

  async function check(): Promise<void> {
    setSaid('busy')
    const answer = await checkLink(link)
    setSaid(answer.ok ? { ...answer.value, link } : { ok: false, provider: '', said: answer.refused.message, link })
  }

  return (
    <div class="e-source">
      <label class="unseen" for={id}>
        {t('Link {number}', { number })}
      </label>
      <div class="e-inline is-stretched">
        <input
          id={id}
          value={link}
          readOnly={off}
          autocomplete="off"
          spellcheck={false}
          inputMode="url"
          placeholder="https://"
          aria-describedby={`${id}said`}
          onInput={(event) => set(event.currentTarget.value.trim(), delay)}
        />
        <Press off={link === '' || said === 'busy'} label={t('Check link {number}', { number })} onPress={() => void check()}>
          {t('Check')}
        </Press>
      </div>
      <p id={`${id}said`} role="status" class="e-said">
        {said === 'busy' && t('Looking …')}
        {said !== null && said !== 'busy' && said.link === link && <Said said={said} />}
      </p>
      {(isLive || delay !== null) && (
        <Numeral
          label={labelOf('source', 'delay_s')}
          hint={hintOf('source', 'delay_s')}
          value={delay}
          low={0}
          high={300}
          whole={false}
          unit={t('seconds')}
          onValue={(next) => set(link, next)}
        />
      )}
      <Faults faults={faults} label={t('Link {number}', { number })} />
    </div>
  )
}

function Said({ said }: { said: Looked }) {
  const provider = said.provider === '' ? '' : ` (${said.provider})`
  return (
    <span class={said.ok ? 'e-good' : 'e-bad'}>
      <b>{said.ok ? t('It can be reached') : t('It does not answer')}</b>
      {provider}
      {said.said !== '' && `: ${said.said}`}
    </span>
  )
}
