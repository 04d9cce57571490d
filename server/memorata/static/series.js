// Keeps the time that is left right while the page is open, and shows the reader which place lives by their own clock.
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** Days and hours, on the last day hours and minutes; the smallest is one minute. */
function told(left_ms, language) {
  const used = left_ms >= units[0][1] ? units.slice(0, 2) : units.slice(1)
  let rest = left_ms
  const parts = []
  for (const [unit, length] of used) {
    const n = Math.floor(rest / length)
    rest -= n * length
    if (n > 0) parts.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(n))
  }
  return parts.join(' ') || new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(1)
}

for (const line of document.querySelectorAll('[data-until]')) {
  const words = line.querySelector('span')
  const tell = () => {
    const left_ms = Number(line.dataset.until) - Date.now()
    line.hidden = left_ms <= 0
    if (left_ms > 0) words.textContent = told(left_ms, line.dataset.language)
  }
  tell()
  setInterval(tell, 30_000)
}

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
for (const place of document.querySelectorAll('li[data-zone], dl > div[data-zone]')) {
  if (place.dataset.zone !== own) continue
  place.classList.add('own')
  const mark = place.querySelector('.yours')
  if (mark) mark.hidden = false
}
