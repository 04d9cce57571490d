// The editors of the organizers' pages, fetched when one is wanted.
import '../../style/planning-edit.css'
import { Show, useLoaded } from '../kit'
import { getForms, getOccurrence, getSeries } from './calls'
import { ProgrammeForm } from './programme'
import { SeriesForm } from './seriesform'

/** Makes a series, or edits that with the id. */
export function SeriesEditor({ id }: { id?: string }) {
  const loaded = useLoaded(async () => {
    const [forms, series] = await Promise.all([getForms(), id === undefined ? null : getSeries(id)])
    return { forms, series, key: id ?? '' }
  }, [id])
  return <Show of={loaded}>{({ key, forms, series }) => <SeriesForm key={key} forms={forms} series={series} />}</Show>
}

/** Edits the programme of a series, or that of the one date with the key `occurrence`. */
export function ProgrammeEditor({ series: id, occurrence }: { series: string; occurrence?: string }) {
  const loaded = useLoaded(async () => {
    const [forms, series, date] = await Promise.all([getForms(), getSeries(id), occurrence === undefined ? null : getOccurrence(id, occurrence)])
    return { forms, series, date, key: `${id} ${occurrence ?? ''}` }
  }, [id, occurrence])
  return <Show of={loaded}>{({ key, forms, series, date }) => <ProgrammeForm key={key} forms={forms} series={series} occurrence={date} />}</Show>
}
