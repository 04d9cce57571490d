// What lies over the picture when a person asks for it: help, or the request to speak. The bar below stays in reach.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../text/messages'
import { Icon } from './icons'
import { usePage } from './page'
import { useQuiet } from './quiet'

/** 'devices': camera and microphone, for whoever is next to speak. */
export type SheetName = 'help' | 'speak' | 'devices'

/** The sheet that lies open. */
export const open = signal<SheetName | null>(null)
let opener: Element | null = null

export function openSheet(name: SheetName): void {
  if (open.peek() === name) return closeSheet()
  opener = document.activeElement
  open.value = name
}

export function closeSheet(): void {
  open.value = null
  if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
  opener = null
}

export function Sheet({ title, children }: { title: string; children?: ComponentChildren }) {
  const page = usePage()
  const heading = useRef<HTMLHeadingElement>(null)
  const quiet = useQuiet(page.calm.value)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div
      class="sheet"
      {...quiet}
      role="dialog"
      aria-labelledby="sheet-title"
      onKeyDown={(event) => event.key === 'Escape' && !page.calm.peek() && closeSheet()}
    >
      <div class="sheet-inner">
        <header class="sheet-head">
          <h2 id="sheet-title" ref={heading} tabIndex={-1}>
            {title}
          </h2>
          <button class="button" type="button" onClick={closeSheet}>
            <Icon name="close" />
            {t('Close')}
          </button>
        </header>
        {/* Always there, so that nothing moves when it is filled. */}
        <p class="sheet-notice">{page.shown.value.silence === 'invitation' ? t('A silence is about to begin.') : ''}</p>
        {children}
      </div>
    </div>
  )
}
