// The editor of a series: what is remembered, when, where, and who is told.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { language, t, tn } from '../../text/messages'
import { length } from '../../view/host/words'
import { LinkButton, tell, tellTrouble } from '../kit'
import { go, guardLeaving, seriesAddress } from '../router'
import type { Series, Table } from '../types'
import { languageName, ownZone } from '../words'
import { Bar } from './bar'
import { deed, faultsIn, getPreview, getSeries, lastChanger, makeSeries, saveSeries } from './calls'
import { createDraft, type Draft } from './draft'
import { EditingContext, useEditing } from './editing'
import { counted, faultsOf, faultsWithin, placed } from './faults'
import { Delegations, Exceptions, Reminders, Sites } from './gathering'
import { Halls } from './halls'
import { kindName } from './kinds'
import { languagesOf } from './lands'
import { moved, wordsOf } from './lists'
import { newSeries } from './making'
import { ByFile, Stale } from './managed'
import { Faults, Group, Press, Radios, Tick, Words } from './parts'
import { at, isTable, listAt, type Json } from './paths'
import { Results } from './results'
import { slug } from './rules'
import { Search } from './search'
import type { Forms } from './shapes'
import { Texts } from './texts'
import { total_s } from './timing'
import { Hour, When } from './when'

export function languagesIn(document: Table): readonly string[] {
  const tags = listAt(document, ['languages']).filter((tag): tag is string => typeof tag === 'string' && tag !== '')
  return tags.length === 0 ? ['en'] : tags
}

function begun(): Table {
  const titles = Object.fromEntries(['lobby', 'address', 'silence', 'closing'].map((kind) => [kind, kindName(kind)]))
  return newSeries(language(), ownZone(), titles)
}

export function SeriesForm({ forms, series: first }: { forms: Forms; series: Series | null }) {
  const [series, setSeries] = useState(first)
  const [id, setId] = useState('')
  const [busy, setBusy] = useState(false)
  const [stale, setStale] = useState<{ by: string; theirs: Series } | null>(null)
  const draft = useMemo(() => {
    const made = createDraft(first?.document ?? begun(), first === null, (document) => getPreview(first?.id ?? 'new', document))
    if (first !== null) {
      const { words, rows, planned_s, faults } = first
      made.preview.value = { words, rows, planned_s, faults, ends: [] }
      made.saved(first.document, faults, false)
    } else made.ask()
    return made
  }, [])
  useEffect(() => {
    const unguarded = guardLeaving(() => draft.dirty.peek())
    return () => {
      unguarded()
      draft.end()
    }
  }, [])
  const off = series?.managed === 'file'
  const languages = languagesIn(draft.document.value)
  const halls = listAt(draft.document.value, ['halls'])

  function took(next: Series, replace: boolean): void {
    setSeries(next)
    draft.saved(next.document, next.faults, replace)
    if (replace) draft.ask()
  }

  async function save(over: Series | null = series): Promise<void> {
    if (busy) return
    setBusy(true)
    const typed = draft.document.peek()
    try {
      const wanted = id === '' ? slug(wordsOf(typed['title'], languages)) : id
      const answer = over === null ? await makeSeries(wanted, typed) : await saveSeries(over.id, over.version, typed)
      if (answer.ok) {
        // What was typed while it was being saved stays, and is not saved yet.
        took(answer.value, draft.document.peek() === typed)
        setStale(null)
        tell(over === null ? t('Saved as a draft. Publish it when it is ready.') : t('Saved.'), answer.value.trail, () => void theirs(answer.value.id))
        if (over === null) go(seriesAddress(answer.value.id, 'edit'), true)
        return
      }
      const { refused } = answer
      const faults = faultsIn(refused)
      if (faults.length > 0) draft.refused(faults)
      if (refused.code === 'plan.stale' && over !== null) {
        const [by, now] = await Promise.all([lastChanger(over.id), getSeries(over.id)])
        setStale({ by, theirs: now })
      } else tellTrouble(refused)
    } catch (error) {
      tellTrouble(error)
    } finally {
      setBusy(false)
    }
  }

  async function theirs(of: string): Promise<void> {
    try {
      took(await getSeries(of), true)
      setStale(null)
    } catch (error) {
      tellTrouble(error)
    }
  }

  async function publish(): Promise<void> {
    if (busy || series === null) return
    setBusy(true)
    const answer = await deed(series.id, 'publish', series.version)
    setBusy(false)
    if (!answer.ok) {
      tellTrouble(answer.refused)
      return
    }
    took(answer.value, false)
    tell(t('Published. Its next ceremony is planned.'), answer.value.trail, () => void theirs(answer.value.id))
  }

  return (
    <EditingContext.Provider value={{ draft, forms, languages, halls, off }}>
      <div class="e-editor">
        {series !== null && off && <ByFile series={series} onTaken={(next) => took(next, true)} />}
        {stale !== null && <Stale by={stale.by} onTheirs={() => void theirs(stale.theirs.id)} onMine={() => void save(stale.theirs)} />}
        <About isNew={series === null} id={id} onId={setId} />
        <section>
          <h2>{t('When it is kept')}</h2>
          <div class="e-withresults">
            <div class="e-stack">
              <When />
              <h3>{t('At what hour')}</h3>
              <Hour />
            </div>
            <Results />
          </div>
          <Exceptions />
        </section>
        <section>
          <h2>{t('Where people gather')}</h2>
          <Sites />
        </section>
        <section>
          <h2>{t('Who comes')}</h2>
          <Delegations />
          <Halls />
        </section>
        <section>
          <h2>{t('Reminders')}</h2>
          <Reminders />
        </section>
        <Help />
        <section>
          <h2>{t('Programme')}</h2>
          <ProgrammeLine draft={draft} />
          {series === null ? (
            <p class="e-hint">{t('A short programme is there to begin with. You can change it once the series is saved.')}</p>
          ) : (
            <LinkButton href={seriesAddress(series.id, 'programme')}>{t('To the programme')}</LinkButton>
          )}
        </section>
        <Further />
        <Bar draft={draft} busy={busy} off={off} onSave={() => void save()}>
          {series !== null && series.published_ms === null && series.removed_ms === null && (
            <Press off={busy || draft.dirty.value || counted(draft.faults.value.map((one) => one.fault)).faults > 0} onPress={() => void publish()}>
              {t('Publish')}
            </Press>
          )}
        </Bar>
      </div>
    </EditingContext.Provider>
  )
}

interface AboutProps {
  isNew: boolean
  id: string
  onId: (id: string) => void
}

function About({ isNew, id, onId }: AboutProps) {
  const { draft, languages } = useEditing()
  return (
    <section>
      <h2>{t('What is remembered')}</h2>
      <LanguagesOfIt />
      <Texts path={['title']} label={t('Title')} />
      <Texts path={['subject']} label={t('What is remembered, in a sentence')} lines={2} />
      {isNew && (
        <Words
          label={t('Short name for its address')}
          hint={t('Small letters, digits and hyphens. It cannot be changed later.')}
          value={id === '' ? slug(wordsOf(draft.document.value['title'], languages)) : id}
          most={40}
          onValue={(next) => onId(next.toLowerCase())}
        />
      )}
    </section>
  )
}

/** The languages, each by its own name; the first is that of the ceremony. */
function LanguagesOfIt() {
  const { draft, forms, languages, off } = useEditing()
  const known = languagesOf(forms)
  return (
    <Group
      label={t('Languages')}
      hint={t('The first is the language of the ceremony. Every text has a field for each of them.')}
      faults={faultsWithin(draft.faults.value, ['languages'])}
      wide
    >
      <ol class="e-chips">
        {languages.map((tag, index) => (
          <li key={tag} class="e-chip">
            <span lang={tag}>{languageName(tag)}</span>
            {!off && index > 0 && (
              <Press
                kind="quiet"
                label={t('Make {language} the first', { language: languageName(tag) })}
                onPress={() => draft.list(['languages'], (now) => moved(now, index, 0))}
              >
                {t('Make first')}
              </Press>
            )}
            {!off && languages.length > 1 && (
              <Press kind="quiet" label={t('Take out: {name}', { name: languageName(tag) })} onPress={() => draft.take(['languages'], index, languageName(tag))}>
                {t('Take out')}
              </Press>
            )}
          </li>
        ))}
      </ol>
      {!off && (
        <Search
          label={t('Add a language')}
          value=""
          adds
          options={known}
          onChoose={(tag) => draft.list(['languages'], (now) => (now.includes(tag) ? now : [...now, tag]))}
        />
      )}
    </Group>
  )
}

function Help() {
  const { draft } = useEditing()
  const value = (key: string) => draft.value([key])
  const line = (key: string, label: string, hint: string, type?: 'tel') => (
    <Words
      label={label}
      hint={hint}
      value={words(value(key))}
      faults={faultsOf(draft.faults.value, [key])}
      onValue={(next) => draft.put([key], next === '' ? undefined : next)}
      {...(type === undefined ? {} : { type })}
    />
  )
  return (
    <section>
      <h2>{t('Help, and the door')}</h2>
      {line('organizer', t('Who organizes it'), t('Shown to people who look for help.'))}
      {line('telephone', t('Telephone for help'), t('Shown everywhere, and read out to those who call.'), 'tel')}
      <Radios
        label={t('People without an invitation of their own')}
        value={words(value('door')) || 'knock'}
        faults={faultsOf(draft.faults.value, ['door'])}
        options={[
          { value: 'knock', words: t('wait until somebody lets them in') },
          { value: 'open', words: t('walk in') },
          { value: 'closed', words: t('cannot come in') },
        ]}
        onValue={(next) => draft.put(['door'], next)}
      />
      <Tick
        label={t('It begins and goes on by itself')}
        hint={t('No host has to press anything; one may still step in at any time.')}
        value={value('autopilot') === true}
        faults={faultsOf(draft.faults.value, ['autopilot'])}
        onValue={(on) => draft.put(['autopilot'], on ? true : undefined)}
      />
    </section>
  )
}

function words(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function Further() {
  const { draft } = useEditing()
  const embed = listAt(draft.document.value, ['embed'])
  return (
    <section>
      <h2>{t('Further')}</h2>
      <Words
        label={t('Where the date comes from')}
        hint={t('A law, a record, a book: so that those who come after you know.')}
        value={words(draft.value(['source']))}
        lines={2}
        faults={faultsOf(draft.faults.value, ['source'])}
        onValue={(next) => draft.put(['source'], next === '' ? undefined : next)}
      />
      <Words
        label={t('Calm picture when something goes wrong')}
        hint={t('A file like media/still.jpg, or a link to a picture.')}
        value={words(draft.value(['holding_still']))}
        faults={faultsOf(draft.faults.value, ['holding_still'])}
        onValue={(next) => draft.put(['holding_still'], next === '' ? undefined : next)}
      />
      <Words
        label={t('Other sites that may show it in a frame')}
        hint={t('One on each line, like https://museum.example.org')}
        lines={2}
        value={embed.filter((one): one is string => typeof one === 'string').join('\n')}
        faults={faultsWithin(draft.faults.value, ['embed'])}
        onValue={(next) => {
          const sites = next.split('\n')
          draft.put(['embed'], sites.every((site) => site === '') ? undefined : sites)
        }}
      />
    </section>
  )
}

function ProgrammeLine({ draft }: { draft: Draft }) {
  const items = listAt(draft.document.value, ['items'])
  const faults = faultsWithin(draft.faults.value, ['items'])
  return (
    <>
      <p>
        {tn('{n} item', '{n} items', items.length)}, {t('{length} long', { length: length(total_s(items) * 1000) })}
      </p>
      {/* Each has its field on the page of the programme; here it is named by its item. */}
      <Faults label={t('Programme')} faults={faults.slice(0, 5).map((fault) => ({ ...fault, message: `${placeOf(fault.key, draft)} ${fault.message}`, code: '' }))} />
    </>
  )
}

function placeOf(key: string, draft: Draft): string {
  const path = placed([{ key, line: null, code: '', message: '', suggestion: null, severity: 'fault' }])[0]?.path ?? []
  const index = path[1]
  const item = at(draft.document.value, path.slice(0, 2))
  const name = isTable(item) ? wordsOf(item['title'], languagesIn(draft.document.value)) : ''
  return typeof index === 'number' ? `${index + 1}. ${name}: ${path.slice(2).join(' ')}` : ''
}
