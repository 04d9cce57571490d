// What the editors ask the server for.
import type { Fault } from './faults'
import type { Table } from './paths'
import type { Forms, LinkSaid, Occurrence, Preview, Series } from './shapes'

export interface Refusal {
  ok: false
  code: string
  message: string
  facts: Readonly<Record<string, unknown>>
}

export type Answer<T> = { ok: true; value: T } | Refusal

async function ask<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    return { ok: false, code: 'line.lost', message: '', facts: {} }
  }
  const value: unknown = await response.json().catch(() => null)
  if (response.ok && value !== null) return { ok: true, value: value as T }
  const refusal = (value ?? {}) as Partial<Refusal>
  return { ok: false, code: refusal.code ?? `http.${response.status}`, message: refusal.message ?? '', facts: refusal.facts ?? {} }
}

interface FormsTold extends Pick<Forms, 'languages' | 'zones' | 'countries'> {
  forms: Pick<Forms, 'item' | 'kinds' | 'media' | 'parts'>
}

let forms: Promise<Answer<Forms>> | null = null

/** Asked once for a page; a failure is asked again. */
export async function getForms(): Promise<Answer<Forms>> {
  forms ??= ask<FormsTold>('GET', '/api/plan/forms').then((answer) => {
    if (!answer.ok) return answer
    const { forms: keys, ...rest } = answer.value
    return { ok: true, value: { ...keys, ...rest } }
  })
  const answer = await forms
  if (!answer.ok) forms = null
  return answer
}

function address(series: string, on?: string): string {
  const base = `/api/plan/series/${encodeURIComponent(series)}`
  return on === undefined ? base : `${base}/on/${encodeURIComponent(on)}`
}

export const getSeries = (id: string) => ask<Series>('GET', address(id))
export const makeSeries = (id: string, document: Table) => ask<Series>('POST', '/api/plan/series', { id, document })
export const saveSeries = (id: string, version: number, document: Table) => ask<Series>('PUT', address(id), { version, document })
export const deed = (id: string, what: 'publish' | 'unpublish' | 'adopt', version: number) =>
  ask<Series>('POST', `${address(id)}/${what}`, { version })
export const getOccurrence = (id: string, key: string) => ask<Occurrence>('GET', address(id, key))
export const saveOccurrence = (id: string, key: string, version: number, document: Table | null, notes: string) =>
  ask<Occurrence>('PUT', address(id, key), { version, document, notes })
export const checkLink = (link: string) => ask<LinkSaid>('POST', '/api/plan/check-link', { link })

/** What would follow from what is typed; `null` when the server cannot be reached. */
export async function getPreview(id: string, document: Table, key?: string): Promise<Preview | null> {
  const answer = await ask<Preview>('POST', '/api/plan/preview', { id, document, ...(key === undefined ? {} : { key }) })
  return answer.ok ? answer.value : null
}

/** Who changed the series last; nobody when that cannot be told. */
export async function lastChanger(series: string): Promise<string> {
  const answer = await ask<{ entries: readonly { by_name: string }[] }>('GET', `/api/plan/trail?series=${encodeURIComponent(series)}`)
  return answer.ok ? (answer.value.entries[0]?.by_name ?? '') : ''
}

/** The faults that a refusal brings along. */
export function faultsIn(refusal: Refusal): readonly Fault[] {
  const found = refusal.facts['faults']
  return Array.isArray(found) ? (found as Fault[]) : []
}
