// What the audience sees, this moment, in a small frame: the same picture, not a copy made for hosts.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../../text/messages'
import { Audience } from '../audience'
import { Boundary } from '../boundary'
import { primePlayer } from '../broadcast'
import { setPref } from '../prefs'
import { Press } from './controls'
import type { Desk } from './desk'

/** The screen the picture is drawn for, CSS px: a small laptop, so that its words can be read here too. */
const WIDTH = 960
const HEIGHT = 540

/** Whether the ceremony is heard here; off, so that nothing sounds into the host's microphone. */
const heard = signal(false)
/** A host with a long queue may want its room. */
const hidden = signal(false)

export function Preview({ desk }: { desk: Desk }) {
  return (
    <section class="h-preview" aria-label={t('What the participants see')}>
      <div class="h-previewhead">
        <h2>{t('What they see')}</h2>
        <Press desk={desk} kind="quiet" always onPress={() => (hidden.value = !hidden.value)}>
          {hidden.value ? t('Show') : t('Hide')}
        </Press>
        <Press desk={desk} kind="quiet" always onPress={() => hear(desk, !heard.value)}>
          {heard.value ? t('Sound is on') : t('Sound is off')}
        </Press>
      </div>
      {!hidden.value && <Frame desk={desk} />}
    </section>
  )
}

function Frame({ desk }: { desk: Desk }) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const fit = () => element.style.setProperty('--scale', String(element.clientWidth / WIDTH))
    const observer = new ResizeObserver(fit)
    observer.observe(element)
    fit()
    return () => observer.disconnect()
  }, [])
  return (
    <div class="h-frame" ref={frame} style={{ aspectRatio: `${WIDTH} / ${HEIGHT}` }}>
      <div class="h-screen" inert style={{ inlineSize: `${WIDTH}px`, blockSize: `${HEIGHT}px` }}>
        <Boundary calm={<p>{t('The picture comes back in a moment.')}</p>}>
          <Audience session={desk.session} variant="preview" />
        </Boundary>
      </div>
    </div>
  )
}

/** To be called in a press: a browser lets sound begin nowhere else. */
export function hear(desk: Desk, on: boolean): void {
  heard.value = on
  desk.session.sound.setMuted(!on)
  setPref({ muted: !on })
  primePlayer()
  if (on) void desk.session.unlock()
}
