export function SeriesEditor(_: { id?: string }) {
  return null
}
export function ProgrammeEditor(_: { series: string; occurrence?: string }) {
  return null
}
