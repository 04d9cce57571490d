/**
 * Captions from WebVTT, shown by the ceremony's clock rather than by the video element: so they also run beside a frame of
 * another site, in the mode without video, and when no picture comes at all. Styles and positions in the file are left out;
 * ours are large and always in the same place.
 */

export interface Cue {
  from_s: number
  to_s: number
  text: string
}

const TIMING = /^((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})[ \t]+-->[ \t]+((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})(?:[ \t]|$)/
const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
}

/** The cues of a WebVTT file (W3C WebVTT 1), in order of time; a file that is none has no cues. */
export function parseCaptions(file: string): Cue[] {
  const text = file.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(text)) return []
  const cues: Cue[] = []
  for (const block of text.split(/\n{2,}/)) {
    const lines = block.split('\n')
    // An identifier may stand above the timing; NOTE, STYLE and REGION blocks have no timing at all.
    const at = lines.findIndex((line) => TIMING.test(line))
    if (at < 0 || at > 1) continue
    const timing = TIMING.exec(lines[at]!)!
    const words = plain(lines.slice(at + 1).join('\n'))
    if (words) cues.push({ from_s: seconds(timing[1]!), to_s: seconds(timing[2]!), text: words })
  }
  return cues.sort((one, other) => one.from_s - other.from_s)
}

/** What is said at this second; '' when nothing is. */
export function captionAt(cues: Cue[], position_s: number): string {
  return cues
    .filter((cue) => cue.from_s <= position_s && position_s < cue.to_s)
    .map((cue) => cue.text)
    .join('\n')
}

function seconds(stamp: string): number {
  return stamp.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

function plain(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&\w+;/g, (name) => ENTITIES[name] ?? name)
    .trim()
}
