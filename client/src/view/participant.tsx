// The page of a participant: the door, then the ceremony with three controls.
import '../style/participant.css'
import { createSession, type Session } from '../session'
import type { Boot } from '../state'
import { t } from '../text/messages'
import { Still } from './still'
import { Boundary } from './boundary'
import { Entry, Gone } from './entry'
import { Erased, Inside } from './later'
import { begin, show } from './opening'
import { PageOf, usePage, viewOf } from './page'
import { tongue } from './speech'

export function start(root: HTMLElement, boot: Boot): void {
  const session = createSession(boot)
  begin(session)
  if (session.resume()) {
    // Who reloads a window looks at it; one that comes back behind another waits.
    if (document.visibilityState === 'visible') session.here.take()
    else session.here.wait()
  }
  show(root, <Participant session={session} />)
}

function Participant({ session }: { session: Session }) {
  // Without a seat they see what watchers see, and nothing is asked of them.
  const { seatless } = viewOf(session).live.value
  return (
    <PageOf session={session} variant={seatless ? 'watch' : 'participant'}>
      <Boundary calm={<Still />}>
        <Door key={tongue.value} />
      </Boundary>
    </PageOf>
  )
}

function Door() {
  const { link, entered, erased, seatless } = usePage().live.value
  if (erased) return <Erased meanwhile={<Still />} />
  if (link === 'gone') return <Gone />
  return entered ? <Inside speaking={!seatless} listen={t('Turn sound on')} meanwhile={<Still />} /> : <Entry />
}
