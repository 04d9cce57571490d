// The browser's memories; null where it denies them, which some do as soon as they are asked for, and in other sites' frames,
// where we leave nothing behind.

const embedded = typeof location !== 'undefined' && location.pathname.startsWith('/embed/')

export function localStorageOrNull(): Storage | null {
  if (embedded) return null
  try {
    return window.localStorage
  } catch {
    return null
  }
}

export function sessionStorageOrNull(): Storage | null {
  if (embedded) return null
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}
