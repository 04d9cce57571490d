// The page of a watcher: the same picture in the same beat, with no seat and no socket.
import '../style/participant.css'
import type { Boot } from '../state'
import { t } from '../text/messages'
import { createWatching } from '../watching'
import type { Session } from '../session'
import { Still } from './still'
import { Boundary } from './boundary'
import { Inside } from './inside'
import { PageOf, usePage } from './page'
import { begin, show } from './opening'
import { tongue } from './speech'

export function start(root: HTMLElement, boot: Boot): void {
  const session = createWatching(boot)
  begin(session)
  show(root, <Watch session={session} />)
}

function Watch({ session }: { session: Session }) {
  return (
    <PageOf session={session} variant="watch">
      <Boundary calm={<Still />}>
        <Watching key={tongue.value} />
      </Boundary>
    </PageOf>
  )
}

function Watching() {
  const { entered } = usePage().live.value
  return <Inside speaking={false} listen={entered ? t('Turn sound on') : t('Listen')} />
}
