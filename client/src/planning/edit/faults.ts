// Finds the field that a fault belongs to.
import type { Fault } from '../types'
import { isWithin, parsed, type Path } from './paths'

export interface Placed {
  path: Path
  fault: Fault
}

export function placed(faults: readonly Fault[]): readonly Placed[] {
  return faults.map((fault) => ({ path: parsed(fault.key), fault }))
}

/** The faults of this very key. */
export function faultsOf(all: readonly Placed[], path: Path): readonly Fault[] {
  return all.filter((one) => one.path.length === path.length && isWithin(one.path, path)).map((one) => one.fault)
}

/** The faults of this key and of all within it. */
export function faultsWithin(all: readonly Placed[], path: Path): readonly Fault[] {
  return all.filter((one) => isWithin(one.path, path)).map((one) => one.fault)
}

/** The faults of the key itself and of what is within it, except for keys that have fields of their own below. */
export function faultsBeside(all: readonly Placed[], path: Path, shown: readonly string[]): readonly Fault[] {
  return all
    .filter((one) => isWithin(one.path, path) && !shown.includes(String(one.path[path.length] ?? '')))
    .map((one) => one.fault)
}

/** How many keep it from being published, and how many are but hints. */
export function counted(faults: readonly Fault[]): { faults: number; warnings: number } {
  const warnings = faults.filter((fault) => fault.severity === 'warning').length
  return { faults: faults.length - warnings, warnings }
}
