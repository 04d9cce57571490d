// Begins the page anew where its scripts have been replaced on the server: rarely, and only when the server answers.

const KEY = 'memorata.renewed'
const LEAST_MS = 5 * 60_000

/** Resolves when it may not be done now; otherwise the page goes. */
export async function renew(): Promise<void> {
  // Somebody is writing.
  if (document.activeElement?.matches('input, textarea, select')) return
  // A browser's own page of errors would be worse than what is here.
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  // What a new page does not mend, another one will not mend either.
  if (answer?.ok && mayAgain()) location.reload()
}

/** Remembers this time; where nothing can be remembered, never. */
function mayAgain(): boolean {
  try {
    const since_ms = Date.now() - Number(sessionStorage.getItem(KEY) ?? 0)
    if (since_ms >= 0 && since_ms < LEAST_MS) return false
    sessionStorage.setItem(KEY, String(Date.now()))
    return true
  } catch {
    return false
  }
}
