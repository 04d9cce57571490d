// The forms of items and their parts, as the server describes them.
import type { Json } from './paths'

export interface Key {
  name: string
  type: string
  required: boolean
  default: Json
  low: number | null
  high: number | null
  choices: readonly string[] | null
  part: string | null
}

export interface Forms {
  item: readonly Key[]
  kinds: Readonly<Record<string, readonly Key[]>>
  media: readonly Key[]
  parts: Readonly<Record<string, readonly Key[]>>
  languages: readonly { tag: string; name: string }[]
  zones: readonly string[]
  countries: readonly { code: string; name: string }[]
}
