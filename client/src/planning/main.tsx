// The organizers' pages: series, the calendar of a year, dates with their people, and what was changed.
import '../style/tokens.css'
import '../style/base.css'
import '../style/planning.css'
import { render } from 'preact'
import { beginToSpeak } from '../view/speech'
import { beginRouting } from './router'
import { Shell } from './shell'
import type { Boot } from './types'
import { nameCities } from './words'

async function open(root: HTMLElement, boot: Boot): Promise<void> {
  await beginToSpeak(boot.language, 'whole')
  root.replaceChildren()
  root.classList.add('planning')
  nameCities(boot.language, boot.cities)
  beginRouting()
  render(<Shell boot={boot} />, root)
}

const root = document.getElementById('app')
const boot = document.getElementById('boot')?.textContent
if (root !== null && boot) void open(root, JSON.parse(boot) as Boot)
