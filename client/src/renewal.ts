// Begins the page anew where its scripts have been replaced on the server: rarely, and only when the server answers.

const KEY = 'memorata.renewed'
const LEAST_MS = 5 * 60_000

/** Resolves when it may not be done now; otherwise the page goes. */
export async function renew(): Promise<void> {
  // Somebody is writing; and what a new page did not mend, another one will not mend either.
  if (document.activeElement?.matches('input, textarea, select') || !mayAgain()) return
  // A browser's own page of errors would be worse than what is here.
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  if (answer?.ok && remembered()) location.reload()
}

function mayAgain(): boolean {
  try {
    const since_ms = Date.now() - Number(sessionStorage.getItem(KEY) ?? 0)
    return since_ms < 0 || since_ms >= LEAST_MS
  } catch {
    return false
  }
}

/** Where nothing can be remembered, nothing is begun anew: it might never end. */
function remembered(): boolean {
  try {
    sessionStorage.setItem(KEY, String(Date.now()))
    return true
  } catch {
    return false
  }
}
