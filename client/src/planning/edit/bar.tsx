// The line at the foot of an editor: whether it is saved, what was just taken out, how much is to be put right.
import type { ComponentChildren } from 'preact'
import { t } from '../../text/messages'
import type { Draft } from './draft'
import { counted } from './faults'
import { countWords, Press } from './parts'

interface Props {
  draft: Draft
  busy: boolean
  off: boolean
  onSave: () => void
  children?: ComponentChildren
}

export function Bar({ draft, busy, off, onSave, children }: Props) {
  const { faults, warnings } = counted(draft.faults.value.map((one) => one.fault))
  const words = countWords(faults, warnings)
  const dirty = draft.dirty.value
  const taken = draft.taken.value
  // Where nothing can be saved and nothing is to be looked at, there is nothing to say.
  if (off && words === '' && children === undefined) return null
  return (
    <div class="e-savebar" role="region" aria-label={t('Saving')}>
      <div class="e-state" role="status">
        {taken !== null && !off && (
          <p class="e-taken">
            <span>{t('Taken out: {name}', { name: taken.words })}</span>
            <Press onPress={taken.back}>{t('Put it back')}</Press>
          </p>
        )}
        {!off && <p>{dirty ? t('Not saved yet') : t('Everything is saved')}</p>}
        {words !== '' && <p class={faults > 0 ? 'e-bad' : 'e-look'}>{words}</p>}
      </div>
      <div class="p-buttons">
        {faults + warnings > 0 && <Press onPress={firstFault}>{t('Show the first')}</Press>}
        {!off && (
          <Press kind="main" off={busy || !dirty} onPress={onSave}>
            {busy ? t('One moment…') : t('Save')}
          </Press>
        )}
        {children}
      </div>
    </div>
  )
}

/** Brings the first fault into view; what is closed around it is opened. */
function firstFault(): void {
  const found = document.querySelector<HTMLElement>('.e-editor :is(.e-faults .is-fault)') ?? document.querySelector<HTMLElement>('.e-editor :is(.e-bad, .e-faults li, .e-look, .e-missing)')
  if (found === null) return
  for (let above = found.parentElement; above !== null; above = above.parentElement) {
    if (above instanceof HTMLDetailsElement) above.open = true
  }
  const field = found.closest('.e-field')?.querySelector<HTMLElement>('input, textarea, select') ?? found.closest<HTMLElement>('button')
  found.scrollIntoView({ block: 'center' })
  field?.focus({ preventScroll: true })
}
