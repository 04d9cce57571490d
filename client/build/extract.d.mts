/** A text that the client says; `note` is for translators. */
export interface Said {
  file: string
  line: number
  note: string
  id: string
  plural?: string
  context?: string
}

export function extract(path: string, text: string): { found: Said[]; faults: string[] }
