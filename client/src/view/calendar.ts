// A day for a person's own calendar (RFC 5545), made here because the next ceremony has no page of its own yet.

/** The day as an all-day event; `iso` is a civil date. */
export function dayFile(iso: string, title: string, now_ms: number): string {
  const day = iso.replace(/-/g, '')
  const after = new Date(Date.parse(`${iso}T00:00:00Z`) + 24 * 3600_000).toISOString().slice(0, 10).replace(/-/g, '')
  const stamp = new Date(now_ms).toISOString().replace(/[-:]|\.\d+/g, '')
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Memorata//Ceremonies//EN',
    'BEGIN:VEVENT',
    `UID:${day}-${hashOf(title)}@memorata`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${day}`,
    `DTEND;VALUE=DATE:${after}`,
    `SUMMARY:${escaped(title)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => folded(line) + '\r\n').join('')
}

/** Hands the file to the person. */
export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/calendar' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function escaped(text: string): string {
  return text.replace(/([\\;,])/g, '\\$1').replace(/\n/g, '\\n')
}

/** Lines of at most 75 octets; a letter is never cut. */
function folded(line: string): string {
  const encoder = new TextEncoder()
  let out = ''
  let length = 0
  for (const letter of line) {
    const size = encoder.encode(letter).length
    if (length + size > 74) {
      out += '\r\n '
      length = 1
    }
    out += letter
    length += size
  }
  return out
}

/** The same title gives the same event, so that it is not entered twice. */
function hashOf(text: string): string {
  let hash = 0
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash.toString(36)
}
