// Tells the reader of a programme the start by their own clock, where it differs from the ceremony's.
for (const line of document.querySelectorAll('[data-instant]')) {
  const at = new Date(Number(line.dataset.instant))
  const format = (options) => new Intl.DateTimeFormat(line.dataset.language, options).format(at)
  const hour = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const day = { weekday: 'long' }
  const zone = { timeZone: line.dataset.zone }
  const sameDay = format(day) === format({ ...day, ...zone })
  if (sameDay && format(hour) === format({ ...hour, ...zone })) continue
  line.textContent = line.dataset.text.replace('{time}', format(sameDay ? hour : { ...day, ...hour }))
  line.hidden = false
}
