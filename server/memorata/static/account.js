// Sends the forms of those who sign in as JSON, says what came of it, and goes where the answer says.
const SURE_MS = 6000

for (const form of document.querySelectorAll('form[data-post]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (form.dataset.busy === undefined && isSure(form)) void send(form)
  })
}

for (const tick of document.querySelectorAll('[data-shows]')) {
  tick.addEventListener('change', () => {
    for (const field of tick.form.querySelectorAll('[data-secret]')) field.type = tick.checked ? 'text' : 'password'
  })
}

for (const button of document.querySelectorAll('[data-copies]')) {
  button.hidden = navigator.clipboard === undefined
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copies)
    say(button.parentElement, button.dataset.done)
  })
}

// What cannot be taken back asks for a second press, on the same button.
function isSure(form) {
  const button = form.querySelector('[data-sure]')
  if (button === null || button.dataset.armed !== undefined) return true
  const words = button.textContent
  button.dataset.armed = ''
  button.textContent = button.dataset.sure
  setTimeout(() => {
    delete button.dataset.armed
    button.textContent = words
  }, SURE_MS)
  return false
}

async function send(form) {
  form.dataset.busy = ''
  say(form, '')
  try {
    const response = await fetch(form.dataset.post, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    })
    const answer = await response.json()
    if (!response.ok) {
      say(form, answer.message, true)
    } else if (answer.next === location.pathname) {
      location.reload()
    } else if (answer.next !== undefined) {
      location.assign(answer.next)
    } else {
      form.reset()
      say(form, answer.said)
    }
  } catch {
    say(form, document.querySelector('[data-unreached]')?.dataset.unreached ?? '', true)
  } finally {
    delete form.dataset.busy
  }
}

function say(place, words, trouble = false) {
  const line = place.querySelector('.said')
  if (line === null) return
  line.textContent = words
  line.classList.toggle('is-trouble', trouble)
}
