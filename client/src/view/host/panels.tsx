// Tabs: one list of them, one panel shown; the arrow keys go from tab to tab.
import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

export interface Panel {
  id: string
  words: string
  /** How many wait there; not shown when 0. */
  waiting: number
  draw: () => ComponentChildren
}

interface Props {
  label: string
  panels: Panel[]
  chosen: Signal<string>
}

export function Panels({ label, panels, chosen }: Props) {
  const shown = panels.find((panel) => panel.id === chosen.value) ?? panels[0]
  if (shown === undefined) return null
  const choose = (by: number) => {
    const at = panels.indexOf(shown)
    const to = panels[(at + by + panels.length) % panels.length]
    if (to === undefined) return
    chosen.value = to.id
    document.getElementById(`tab-${to.id}`)?.focus()
  }
  return (
    <div class="h-panels">
      <div class="h-tabs" role="tablist" aria-label={label}>
        {panels.map((panel) => (
          <button
            key={panel.id}
            type="button"
            role="tab"
            id={`tab-${panel.id}`}
            class="h-tab"
            aria-selected={panel === shown}
            aria-controls={`panel-${panel.id}`}
            tabIndex={panel === shown ? 0 : -1}
            onClick={() => (chosen.value = panel.id)}
            onKeyDown={(event) => {
              const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
              if (event.key === forward) choose(1)
              else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') choose(-1)
              else return
              event.preventDefault()
            }}
          >
            <span>{panel.words}</span>
            {panel.waiting > 0 && <span class="h-badge">{panel.waiting}</span>}
          </button>
        ))}
      </div>
      <div class="h-panel" role="tabpanel" id={`panel-${shown.id}`} aria-labelledby={`tab-${shown.id}`} tabIndex={0} key={shown.id}>
        {shown.draw()}
      </div>
    </div>
  )
}
