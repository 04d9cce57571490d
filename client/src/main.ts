// The door of the client: reads what the server put into the page, speaks its language, and opens the view it names.
import './style/tokens.css'
import './style/base.css'
import type { Boot } from './state'
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

async function open(root: HTMLElement, boot: Boot): Promise<void> {
  try {
    const [opened] = await Promise.all([load(boot.view), beginToSpeak(boot.language)])
    opened.start(root, boot)
  } catch (error) {
    // What the server wrote stays readable meanwhile.
    console.warn(error)
    setTimeout(() => void open(root, boot), AGAIN_MS)
  }
}

const root = document.getElementById('app')
const boot = document.getElementById('boot')?.textContent
if (root !== null && boot) void open(root, JSON.parse(boot) as Boot)
