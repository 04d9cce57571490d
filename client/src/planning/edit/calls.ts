// What the editors ask the server for, with a refusal as an answer: it belongs beside the fields, and not in the bar below.
import { Refused, type Deed } from '../api'
import { api } from '../asking'
import type { Fault, Occurrence, Previewed, Series, Table } from '../types'
import type { Forms } from './shapes'

export type Answer<T> = { ok: true; value: T } | { ok: false; refused: Refused }

async function answered<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await asked }
  } catch (error) {
    // Anything else is a defect, and is told as one.
    if (error instanceof Refused) return { ok: false, refused: error }
    throw error
  }
}

let forms: Promise<Forms> | null = null

/** Asked once for a page; a failure is asked again. */
export async function getForms(): Promise<Forms> {
  forms ??= api.forms().then(({ forms: keys, ...rest }) => ({ ...(keys as unknown as Pick<Forms, 'item' | 'kinds' | 'media' | 'parts'>), ...rest }))
  try {
    return await forms
  } catch (error) {
    forms = null
    throw error
  }
}

export const getSeries = (id: string): Promise<Series> => api.series(id)
export const getOccurrence = (id: string, key: string): Promise<Occurrence> => api.occurrence(id, key)
export const makeSeries = (id: string, document: Table) => answered(api.make(id, document))
export const saveSeries = (id: string, version: number, document: Table) => answered(api.save(id, version, document))
export const deed = (id: string, what: Deed, version: number) => answered(api.deed(id, what, version))
export const saveOccurrence = (id: string, key: string, version: number, document: Table | null, notes: string) =>
  answered(api.saveOccurrence(id, key, version, document, notes))
export const checkLink = (link: string) => answered(api.checkLink(link))

/** What would follow from what is typed; `null` when the server cannot be reached. */
export async function getPreview(id: string, document: Table, key = ''): Promise<Previewed | null> {
  const answer = await answered(api.preview(id, document, key))
  return answer.ok ? answer.value : null
}

/** Who changed the series last; nobody when that cannot be told. */
export async function lastChanger(series: string): Promise<string> {
  const answer = await answered(api.trail(series))
  return answer.ok ? (answer.value[0]?.by_name ?? '') : ''
}

/** The faults that a refusal brings along. */
export function faultsIn(refused: Refused): readonly Fault[] {
  const found = refused.facts['faults']
  return Array.isArray(found) ? (found as Fault[]) : []
}
