/** What one item shows: places to play it from, and what stands in when none plays. The shape is the server's. */

export type Provider = 'file' | 'hls' | 'youtube' | 'vimeo' | 'peertube' | 'rutube' | 'vk'

export interface Source {
  provider: string
  /** The video's id at an embedding provider, '' for files and streams. */
  id: string
  url: string
  /** Of a live picture: how far behind the event it is shown, in seconds; null when nobody has said. */
  delay_s?: number | null
}

export interface Captions {
  /** BCP 47. */
  lang: string
  url: string
}

export interface Media {
  /** In order of preference. */
  sources: Source[]
  still: string | null
  captions: Captions[]
  /** null: as long as it lasts. */
  duration_s: number | null
  /** Shown with the still when nothing plays, in the person's language. */
  fallback_text: string
  /** Shown as it happens, so that there is no position to keep. */
  live: boolean
  /** 0 to 1. */
  volume: number
}

/** Plays in our own video element, not in a frame. */
export function ownElement(source: Source): boolean {
  return source.provider === 'file' || source.provider === 'hls'
}

/** Another server is asked for this, which must not happen before the item starts. */
export function foreign(source: Source, page: string): boolean {
  return new URL(source.url, page).origin !== new URL(page).origin
}

/** The captions for a person who reads `languages`, best first: the same tag, or else the same language. */
export function captionsFor(captions: Captions[], languages: readonly string[]): Captions | null {
  for (const language of languages) {
    const tag = language.toLowerCase()
    const exact = captions.find((one) => one.lang.toLowerCase() === tag)
    if (exact) return exact
    const near = captions.find((one) => primary(one.lang) === primary(tag))
    if (near) return near
  }
  return null
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-', 1)[0] ?? ''
}
