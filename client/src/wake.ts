/** Keeps the screen lit while a ceremony is on; browsers drop the lock whenever the page is hidden. */

let wanted = false
let lock: WakeLockSentinel | null = null
let asking = false
let listening = false

function isWanted(): boolean {
  return wanted
}

/** Does nothing where there is no screen wake lock, or where the battery forbids it. */
export function keepAwake(on: boolean): void {
  wanted = on
  if (typeof navigator === 'undefined' || !('wakeLock' in navigator)) return
  if (!listening) {
    listening = true
    document.addEventListener('visibilitychange', () => void acquire())
  }
  if (on) void acquire()
  else void release()
}

async function acquire(): Promise<void> {
  if (!isWanted() || asking || lock || document.visibilityState !== 'visible') return
  asking = true
  try {
    const held = await navigator.wakeLock.request('screen')
    lock = held
    held.addEventListener('release', () => {
      if (lock === held) lock = null
    })
  } catch {
    // Refused, for instance on a low battery; the next time the page is shown asks again.
  } finally {
    asking = false
  }
  // Called off while it was being granted.
  if (!isWanted()) await release()
}

async function release(): Promise<void> {
  const held = lock
  lock = null
  await held?.release().catch(() => undefined)
}
