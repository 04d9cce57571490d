// The people of a series: whom its organizers invite each year, and whom they remember.
import { useEffect, useState } from 'preact/hooks'
import { t, tn } from '../text/messages'
import { Refused } from './api'
import { api } from './asking'
import { Button, Buttons, Confirm, Field, Form, Mark, Notice, Select, Send, Show, tell, TextField, useDoing, useLoaded } from './kit'
import { guardLeaving } from './router'
import type { Contact, Forms, People, PersonFields } from './types'
import { cityOf, languageName, pick, plain, roleWords, said } from './words'

const NOBODY: PersonFields = {
  name: '',
  community: '',
  country: null,
  language: '',
  zone: '',
  site: '',
  mail: '',
  telephone: '',
  role: 'participant',
  note: '',
}

/** So many are shown at once; the search finds the others. */
const SHOWN = 100

export function PeoplePage({ id }: { id: string }) {
  const people = useLoaded(() => api.people(id), [id])
  const forms = useLoaded(() => api.forms(), [])
  const series = useLoaded(() => api.series(id), [id])
  const again = () => void people.again()
  const sites = sitesOf(series.value.value?.document['date'])
  return (
    <Show of={forms}>
      {(known) => <Show of={people}>{(found) => <Listed id={id} contacts={found.contacts} known={known} sites={sites} again={again} set={(next) => (people.value.value = next)} />}</Show>}
    </Show>
  )
}

/** The sites of a series by id, as its document has them. */
export function sitesOf(date: unknown): [string, string][] {
  const sites = typeof date === 'object' && date !== null ? (date as { sites?: unknown }).sites : undefined
  if (!Array.isArray(sites)) return []
  return (sites as { id?: string; zone?: string; place?: Record<string, string> }[]).map((site) => {
    const city = cityOf(site.zone ?? '')
    return [site.id ?? city.toLowerCase().replaceAll(' ', '-'), pick(site.place) || city]
  })
}

/** Those who are found by these words, by name. */
export function sought(contacts: readonly Contact[], words: string): Contact[] {
  const wanted = plain(words)
    .split(/\s+/)
    .filter((word) => word !== '')
  const order = new Intl.Collator()
  return contacts
    .filter((one) => {
      const written = plain([one.name, one.community, one.mail, one.telephone, one.note].join(' '))
      return wanted.every((word) => written.includes(word))
    })
    .sort((a, b) => order.compare(a.name, b.name))
}

interface ListProps {
  id: string
  contacts: Contact[]
  known: Forms
  sites: [string, string][]
  again: () => void
  set: (next: People) => void
}

function Listed({ id, contacts, known, sites, again, set }: ListProps) {
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState<'add' | 'import' | null>(null)
  const found = sought(contacts, search)
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('People of this series')}</h2>
      <p>{t('They are invited to its ceremonies, each year anew. Nobody but the organizers sees this list.')}</p>
      <Buttons>
        <Button kind={contacts.length === 0 ? 'main' : 'plain'} onPress={() => setOpen(open === 'add' ? null : 'add')} expanded={open === 'add'}>
          {t('Add somebody')}
        </Button>
        <Button onPress={() => setOpen(open === 'import' ? null : 'import')} expanded={open === 'import'}>
          {t('Read in a table')}
        </Button>
      </Buttons>
      {open === 'add' && (
        <PersonForm
          title={t('Add somebody')}
          fields={NOBODY}
          known={known}
          sites={sites}
          onClose={() => setOpen(null)}
          onSave={async (fields) => {
            const done = await api.addPeople(id, [fields])
            set(done)
            setOpen(null)
            tell(t('{name} is on the list.', { name: fields.name }), done.trail, again)
          }}
        />
      )}
      {open === 'import' && (
        <Import
          id={id}
          onClose={() => setOpen(null)}
          onDone={(done) => {
            set(done)
            setOpen(null)
            tell(tn('{n} person is added.', '{n} people are added.', done.added), done.trail, again)
          }}
        />
      )}
      {contacts.length === 0 && open === null && <p>{t('Nobody is on the list yet.')}</p>}
      {contacts.length > 0 && (
        <>
          <TextField type="search" label={t('Search by name, community or mail address')} value={search} onValue={setSearch} />
          <p role="status">{tn('{n} person', '{n} people', found.length)}</p>
          <ul class="p-lines">
            {found.slice(0, SHOWN).map((contact) => (
              <Person key={contact.id} id={id} contact={contact} known={known} sites={sites} again={again} />
            ))}
          </ul>
          {found.length > SHOWN && <p>{t('More are found than can be shown here. Please search for a name.')}</p>}
        </>
      )}
    </section>
  )
}

interface PersonProps extends Omit<ListProps, 'contacts' | 'set'> {
  contact: Contact
}

function Person({ id, contact, known, sites, again }: PersonProps) {
  const [editing, setEditing] = useState(false)
  const [busy, doing] = useDoing()
  const facts = [
    contact.community,
    known.countries.find((one) => one.code === contact.country)?.name ?? '',
    sites.find(([site]) => site === contact.site)?.[1] ?? '',
    contact.language === '' ? '' : languageName(contact.language),
    contact.zone === '' ? '' : t('clock of {city}', { city: cityOf(contact.zone) }),
    contact.role === 'participant' ? '' : roleWords(contact.role),
  ].filter((one) => one !== '')
  return (
    <li>
      <div>
        <strong>
          <bdi>{contact.name}</bdi>
        </strong>{' '}
        {contact.in_memory && <Mark>{t('Remembered')}</Mark>} {contact.unsubscribed && <Mark>{t('Wants no mail')}</Mark>}
      </div>
      {facts.length > 0 && <span>{facts.join(' · ')}</span>}
      {(contact.mail !== '' || contact.telephone !== '') && (
        <span class="p-aside p-link">{[contact.mail, contact.telephone].filter((one) => one !== '').join(' · ')}</span>
      )}
      {contact.in_memory && <p>{t('Remembered. No mail is sent any more; their testimony stays.')}</p>}
      {contact.note !== '' && <p class="p-aside">{contact.note}</p>}
      <Buttons>
        <Button onPress={() => setEditing(!editing)} expanded={editing} label={t('Change: {name}', { name: contact.name })}>
          {t('Change')}
        </Button>
        <Button
          disabled={busy}
          label={contact.in_memory ? `${t('That was a mistake')}: ${contact.name}` : t('In memory: {name}', { name: contact.name })}
          onPress={() =>
            doing(async () => {
              const done = await api.remember(id, contact.id, contact.version, !contact.in_memory)
              again()
              tell(contact.in_memory ? t('Taken back.') : t('Remembered. No mail is sent any more; their testimony stays.'), done.trail, again)
            })
          }
        >
          {contact.in_memory ? t('That was a mistake') : t('In memory')}
        </Button>
        <Confirm
          words={t('Remove')}
          again={t('Press again to remove')}
          label={t('Remove {name}', { name: contact.name })}
          disabled={busy}
          onPress={() =>
            doing(async () => {
              const done = await api.removePerson(id, contact.id, contact.version)
              again()
              tell(t('{name} is removed.', { name: contact.name }), done.trail, again)
            })
          }
        />
      </Buttons>
      {editing && (
        <PersonForm
          title={t('Change: {name}', { name: contact.name })}
          fields={contact}
          known={known}
          sites={sites}
          onClose={() => setEditing(false)}
          onSave={async (fields) => {
            const done = await api.changePerson(id, contact.id, contact.version, fields)
            setEditing(false)
            again()
            tell(t('Saved.'), done.trail, again)
          }}
        />
      )}
    </li>
  )
}

interface TableFault {
  where: string
  field: string
  reason: string
}

function isTableFault(value: unknown): value is TableFault {
  return typeof value === 'object' && value !== null && 'field' in value && 'where' in value
}

/** What cannot be used in fields or in a table, as a refusal tells it. */
export function faultsIn(error: unknown): TableFault[] {
  const faults = error instanceof Refused ? error.facts['faults'] : undefined
  return Array.isArray(faults) ? faults.filter(isTableFault) : []
}

function fieldWords(field: string): string {
  const words: Record<string, string> = {
    name: t('Name'),
    community: t('Community'),
    country: t('Country'),
    language: t('Language'),
    zone: t('Clock'),
    site: t('Place'),
    mail: t('Mail address'),
    telephone: t('Telephone'),
    role: t('Comes as'),
    note: t('Note'),
  }
  return words[field] ?? field
}

function faultWords(fault: TableFault): string {
  return fault.reason === 'length' ? t('It is too short or too long.') : t('This cannot be used.')
}

const ROLES = ['participant', 'speaker', 'moderator', 'host'] as const

function PersonForm(props: {
  title: string
  fields: PersonFields
  known: Forms
  sites: [string, string][]
  onClose: () => void
  onSave: (fields: PersonFields) => Promise<void>
}) {
  const { title, known, sites, onClose, onSave } = props
  const [fields, setFields] = useState<PersonFields>(() => written(props.fields))
  const [faults, setFaults] = useState<TableFault[]>([])
  const [trouble, setTrouble] = useState('')
  const [busy, doing] = useDoing()
  const [touched, setTouched] = useState(false)
  useEffect(() => (touched ? guardLeaving(() => true) : undefined), [touched])
  const set = (patch: Partial<PersonFields>) => {
    setTouched(true)
    setFields({ ...fields, ...patch })
  }
  const fault = (field: string) => {
    const found = faults.find((one) => one.field === field)
    return found === undefined ? undefined : faultWords(found)
  }
  function save(): void {
    setFaults([])
    setTrouble('')
    doing(async () => {
      try {
        await onSave(fields)
      } catch (error) {
        setFaults(faultsIn(error))
        setTrouble(said(error))
      }
    })
  }
  return (
    <Form label={title} onSend={save}>
      <TextField label={t('Name')} value={fields.name} onValue={(name) => set({ name })} fault={fault('name')} most={60} required />
      <TextField label={t('Community')} hint={t('Town, association or family.')} value={fields.community} onValue={(community) => set({ community })} fault={fault('community')} most={80} optional />
      <div class="p-pair">
        <TextField type="email" label={t('Mail address')} value={fields.mail} onValue={(mail) => set({ mail })} fault={fault('mail')} optional />
        <TextField type="tel" label={t('Telephone')} value={fields.telephone} onValue={(telephone) => set({ telephone })} fault={fault('telephone')} most={40} optional />
      </div>
      <div class="p-pair">
        <Select
          label={t('Language of the mails')}
          value={fields.language}
          onValue={(language) => set({ language })}
          fault={fault('language')}
          options={[['', t('The first of the series')], ...withOwn(known.languages.map((one) => [one.tag, one.name] as const), fields.language)]}
        />
        <Select
          label={t('Country')}
          value={fields.country ?? ''}
          onValue={(country) => set({ country: country === '' ? null : country })}
          fault={fault('country')}
          options={[['', t('Not known')], ...known.countries.map((one) => [one.code, one.name] as const)]}
        />
      </div>
      <div class="p-pair">
        <Zone value={fields.zone} zones={known.zones} onValue={(zone) => set({ zone })} fault={fault('zone')} />
        {sites.length > 0 && (
          <Select
            label={t('Place where they gather')}
            value={fields.site}
            onValue={(site) => set({ site })}
            fault={fault('site')}
            options={[['', t('None of these')], ...withOwn(sites, fields.site)]}
          />
        )}
      </div>
      <Select
        label={t('Comes as')}
        value={fields.role}
        onValue={(role) => set({ role })}
        fault={fault('role')}
        options={withOwn(ROLES.map((role) => [role, roleWords(role)] as const), fields.role)}
      />
      <TextField label={t('Note')} hint={t('For the organizers only.')} lines={3} most={2000} value={fields.note} onValue={(note) => set({ note })} fault={fault('note')} optional />
      {trouble !== '' && (
        <Notice sign="trouble" aloud>
          <p>{trouble}</p>
        </Notice>
      )}
      <Buttons>
        <Send busy={busy}>{t('Save')}</Send>
        <Button onPress={onClose}>{t('Leave it as it is')}</Button>
      </Buttons>
    </Form>
  )
}

/** The fields alone, without what else is known of a contact. */
function written(from: PersonFields): PersonFields {
  const { name, community, country, language, zone, site, mail, telephone, role, note } = from
  return { name, community, country, language, zone, site, mail, telephone, role, note }
}

/** The options, and what is chosen though it is none of them. */
function withOwn(options: readonly (readonly [string, string])[], own: string): (readonly [string, string])[] {
  return own === '' || options.some(([key]) => key === own) ? [...options] : [...options, [own, own]]
}

/** The clock by which somebody lives: typed in part and chosen, or empty. */
function Zone({ value, zones, onValue, fault }: { value: string; zones: string[]; onValue: (zone: string) => void; fault: string | undefined }) {
  return (
    <Field label={t('Their clock')} hint={t('Begin to write a city, such as Riga. Empty: the clock of their place.')} fault={fault} optional>
      {({ id, about, invalid }) => (
        <>
          <input
            id={id}
            list={`${id}zones`}
            autocomplete="off"
            aria-describedby={about}
            aria-invalid={invalid}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          <datalist id={`${id}zones`}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {cityOf(zone)}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

const EXAMPLE = 'name,community,country,language,zone,site,mail,telephone,role,note'

function Import({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: (done: People) => void }) {
  const [csv, setCsv] = useState('')
  const [faults, setFaults] = useState<TableFault[]>([])
  const [trouble, setTrouble] = useState('')
  const [busy, doing] = useDoing()
  function send(): void {
    setFaults([])
    setTrouble('')
    doing(async () => {
      try {
        onDone(await api.importPeople(id, csv))
      } catch (error) {
        setFaults(faultsIn(error))
        const reason = error instanceof Refused ? error.facts['reason'] : undefined
        setTrouble(typeof reason === 'string' ? `${said(error)} (${reason})` : said(error))
      }
    })
  }
  return (
    <Form label={t('Read in a table')} onSend={send}>
      <p>
        {t('A table as an office programme saves it (CSV, UTF-8). Its first line names the columns; only “name” is needed:')} <code class="p-link">{EXAMPLE}</code>
      </p>
      <Field label={t('File')} optional>
        {({ id: field, about }) => (
          <input
            id={field}
            type="file"
            accept=".csv,text/csv,text/plain"
            aria-describedby={about}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              if (file !== undefined) void file.text().then(setCsv)
            }}
          />
        )}
      </Field>
      <TextField label={t('Or put the table in here')} lines={8} value={csv} onValue={setCsv} />
      {trouble !== '' && (
        <Notice sign="trouble" aloud>
          <p>{trouble}</p>
          <ul>
            {faults.map((fault, at) => (
              <li key={at}>
                {t('Line {line}, {column}: {what}', { line: fault.where, column: fieldWords(fault.field), what: faultWords(fault) })}
              </li>
            ))}
          </ul>
          <p>{t('Nobody has been added. Put it right and send it again.')}</p>
        </Notice>
      )}
      <Buttons>
        <Send busy={busy}>{t('Read it in')}</Send>
        <Button onPress={onClose}>{t('Leave it as it is')}</Button>
      </Buttons>
    </Form>
  )
}
