// The door of the client: reads what the server put into the page, speaks its language, and opens the view it names.
import './style/tokens.css'
import './style/base.css'
import type { Boot } from './state'
import { renew } from './renewal'
import { beginToSpeak } from './view/speech'

interface Opened {
  start(root: HTMLElement, boot: Boot): void
}

const AGAIN_MS = 2000

function load(view: Boot['view']): Promise<Opened> {
  switch (view) {
    case 'participant':
      return import('./view/participant')
    case 'hall':
      return import('./view/hall')
    case 'watch':
      return import('./view/watch')
    case 'host':
      return import('./view/host/console')
  }
}

async function open(root: HTMLElement, boot: Boot, again = false): Promise<void> {
  try {
    const [opened] = await Promise.all([load(boot.view), beginToSpeak(boot.language, boot.view === 'host' ? 'whole' : 'first')])
    opened.start(root, boot)
  } catch (error) {
    // What the server wrote stays readable meanwhile.
    console.warn(error)
    // Some browsers remember a failed import for as long as the page lives; and a new server may have other scripts.
    if (again) await renew()
    setTimeout(() => void open(root, boot, true), AGAIN_MS)
  }
}

const root = document.getElementById('app')
const boot = document.getElementById('boot')?.textContent
if (root !== null && boot) void open(root, JSON.parse(boot) as Boot)
