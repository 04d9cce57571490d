// What the planning API takes and gives, as server/memorata/adapters/http/planning/shapes.py has it.

/** A text in several languages. */
export type Text = Record<string, string>

/** A plain value, as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | Table
export interface Table {
  readonly [key: string]: Json
}

export interface Boot {
  /** The cities of zones, in the language in which the page came. */
  cities: Record<string, string>
  base: string
  language: string
  /** Language tag and its own name: those the pages speak. */
  languages: [string, string][]
  account: { name: string; mail: string; role: string }
}

export interface Fault {
  key: string
  line: number | null
  code: string
  message: string
  suggestion: string | null
  severity: string
}

export interface CeremonyOf {
  site: string
  place: Text
  zone: string
  instant_ms: number
  starts_ms: number
  ceremony_id: string
}

export interface Hour {
  place: Text
  zone: string
  local: string
  /** How many days later the calendar of the place stands. */
  day: number
  odd: boolean
}

export type Departure = '' | 'moved' | 'cancelled' | 'extra'
export type RowState = 'computed' | 'made' | 'planned' | 'live' | 'over'

/** One date of a series; `key` is the day by the rule. */
export interface Row {
  series: string
  key: string
  title: Text
  date: string
  weekday: number
  number: number | null
  instant_ms: number
  zone: string
  local_date: string
  local: string
  provisional: boolean
  departure: Departure
  reason: Text
  state: RowState
  published: boolean
  managed: 'file' | 'site'
  ceremonies: CeremonyOf[]
  hours: Hour[]
  guests: number
  coming: number
  cannot: number
  clashes: string[]
}

export interface SeriesLine {
  id: string
  title: Text
  managed: 'file' | 'site'
  published: boolean
  removed: boolean
  version: number
  languages: string[]
  zone: string
  words: string
  next: Row | null
  faults: number
}

export interface TrailEntry {
  id: number
  at_ms: number
  by_name: string
  kind: string
  series: string
  about: string
  facts: Record<string, string | number>
  undoable: boolean
  undone_ms: number | null
}

export interface Overview {
  now_ms: number
  tzdata: string
  account: { name: string; mail: string; role: string }
  sends_mail: boolean
  mail_fault: string
  series: SeriesLine[]
  notices: TrailEntry[]
}

/** `trail` is the entry by which a change is undone; 0 where nothing changed. */
export interface Changed {
  trail: number
}

export interface Series extends Changed {
  id: string
  managed: 'file' | 'site'
  version: number
  published_ms: number | null
  removed_ms: number | null
  changed_ms: number
  document: Table
  text: string
  faults: Fault[]
  words: string
  rows: Row[]
  planned_s: number
  languages: string[]
}

/** Addresses to hand on, by whom they are for, and the PINs of those who lead. */
export interface LinksOf {
  links: Record<string, string>
  pins: Record<string, string>
}

export interface Due {
  id: number
  kind: 'reminder' | 'mail' | 'change' | 'cancel' | 'link_check' | 'archive' | 'wipe'
  due_ms: number
  state: 'waiting' | 'claimed' | 'done' | 'failed' | 'dropped'
  done_ms: number | null
  recipient: string
  name: string
  said: string
}

export interface LinkCheck {
  item_id: string
  link: string
  at_ms: number
  ok: boolean
  said: string
}

export type Answer = '' | 'coming' | 'cannot'

export interface Guest {
  contact_id: string
  name: string
  community: string
  role: string
  mail: boolean
  answer: Answer
  answered_ms: number | null
  in_memory: boolean
  unsubscribed: boolean
  invited: boolean
}

export interface Occurrence extends Changed {
  row: Row
  version: number
  series_version: number
  own: boolean
  document: Table
  notes: string
  planned_s: number
  ends_ms: number
  links: Record<string, LinksOf>
  rehearsal: ({ ceremony_id: string; created_ms: number } & LinksOf) | null
  dues: Due[]
  checks: LinkCheck[]
  guests: Guest[]
}

/** What organizers write of a person. */
export interface PersonFields {
  name: string
  community: string
  country: string | null
  language: string
  zone: string
  site: string
  mail: string
  telephone: string
  role: string
  note: string
}

export interface Contact extends PersonFields {
  id: string
  version: number
  in_memory: boolean
  unsubscribed: boolean
}

export interface People extends Changed {
  contacts: Contact[]
  added: number
}

export interface Forms {
  forms: Table
  languages: { tag: string; name: string }[]
  zones: string[]
  countries: { code: string; name: string }[]
}

export interface Previewed {
  words: string
  rows: Row[]
  faults: Fault[]
  planned_s: number
  ends: { site: string; ends_ms: number }[]
}

export type Leaving = 'moved' | 'cancelled' | 'extra' | 'confirmed' | 'by_rule'

export interface Depart {
  /** Of the series. */
  version: number
  kind: Leaving
  to?: string
  time?: string
  reason?: Text
}
