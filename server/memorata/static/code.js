// Six digits that were read out on the telephone become the link of an invitation.
const form = document.querySelector('.by-code')
const said = document.getElementById('code-said')

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  said.textContent = ''
  let answer = {}
  let ok = false
  try {
    const response = await fetch('/api/code', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ ceremony: form.dataset.ceremony, code: form.elements.code.value }),
    })
    ok = response.ok
    answer = await response.json()
  } catch {
    // Said below.
  }
  if (ok) location.assign(answer.url)
  else said.textContent = answer.message || form.dataset.line
})
