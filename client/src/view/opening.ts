// What every page of the audience does at its beginning, whatever it draws.
import { effect } from '@preact/signals'
import { render, type ComponentChild } from 'preact'
import type { Session } from '../session'
import { startAnnouncing } from './announcing'
import { fetchPlayer } from './broadcast'
import { fetchNothingWhile } from './later'
import { viewOf } from './page'
import { watchWindows } from './elsewhere'
import { applyPrefs, silenced } from './prefs'

export function begin(session: Session): void {
  const view = viewOf(session)
  fetchNothingWhile(view.calm)
  applyPrefs()
  watchWindows(session)
  startAnnouncing(view)
  effect(() => session.sound.setMuted(silenced.value))
  effect(() => void document.documentElement.toggleAttribute('data-calm', view.calm.value))
  effect(() => void document.documentElement.toggleAttribute('data-dark', view.shown.value.item?.detail.kind === 'silence'))
}

/** Draws in place of what the server had written there. */
export function show(root: HTMLElement, page: ComponentChild): void {
  root.replaceChildren()
  root.removeAttribute('class')
  render(page, root)
  fetchPlayer()
}
