/**
 * How much earlier this device must play, for a loudspeaker that is late without saying so; kept for each output that can be told.
 *
 * Browsers name the outputs only to pages that may use the microphone, and Safari hardly even then. Where no name is known one
 * trim serves whatever is plugged in; where names are, each output has its own, and one that has none yet takes that one.
 */

export type Kept = Pick<Storage, 'getItem' | 'setItem'>
export type Devices = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>

export interface Trims {
  /** Positive is earlier. */
  readonly ms: number
  set(ms: number): void
  /** Looks which output is in use; resolves to whether the trim has changed by that. */
  look(): Promise<boolean>
}

const MOST_TRIM_MS = 300
const KEY = 'memorata.trim_ms'
const UNNAMED = ''
const MOST_OUTPUTS = 20

export function createTrims(storage: Kept | null, devices: Devices | null): Trims {
  const byOutput = read(storage)
  let output = UNNAMED

  function current(): number {
    return byOutput.get(output) ?? byOutput.get(UNNAMED) ?? 0
  }

  return {
    get ms() {
      return current()
    },
    set(ms) {
      byOutput.delete(output)
      byOutput.set(output, clampTrim(ms))
      try {
        storage?.setItem(KEY, JSON.stringify(Object.fromEntries([...byOutput].slice(-MOST_OUTPUTS))))
      } catch {
        // A private window may refuse; the trim then lasts as long as the page.
      }
    },
    async look() {
      const before = current()
      output = await nameOf(devices)
      return current() !== before
    },
  }
}

/** The output that sound goes to unless a page chooses, '' while the browser does not tell. */
async function nameOf(devices: Devices | null): Promise<string> {
  try {
    const found = ((await devices?.enumerateDevices()) ?? []).filter((one) => one.kind === 'audiooutput')
    return (found.find((one) => one.deviceId === 'default') ?? (found.length === 1 ? found[0] : undefined))?.label ?? UNNAMED
  } catch {
    return UNNAMED
  }
}

function read(storage: Kept | null): Map<string, number> {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return new Map()
    return new Map(Object.entries(kept).map(([name, ms]) => [name, clampTrim(Number(ms))]))
  } catch {
    return new Map()
  }
}

function clampTrim(ms: number): number {
  return Number.isFinite(ms) ? Math.min(MOST_TRIM_MS, Math.max(-MOST_TRIM_MS, Math.round(ms))) : 0
}
