// The picture of the ceremony, exactly what the audience sees: one at a time, in one place, without controls.
import '../style/audience.css'
import type { ComponentChild } from 'preact'
import { useEffect } from 'preact/hooks'
import { holder } from '../floor'
import type { Session } from '../session'
import { t } from '../text/messages'
import { isLocked, itemOf, nextItem, type Moment } from '../timeline'
import type { Programme } from '../wire'
import { Boundary } from './boundary'
import { Crossfade } from './crossfade'
import { Flame } from './flame'
import { Closed, fetchFurther, RecordingMark, staged } from './later'
import { Lobby } from './lobby'
import { From, Name, PageOf, programmeOf, Said, usePage, type Variant } from './page'
import { Picture } from './pictures'
import { useRenewal } from './renewing'
import { Hidden, Still } from './still'

export interface AudienceProps {
  session: Session
  variant: Variant
  /** A line that goes before all others, such as that the connection is being restored. */
  notice?: string
}

export function Audience({ session, variant, notice = '' }: AudienceProps) {
  return (
    <PageOf session={session} variant={variant}>
      <Scene notice={notice} />
    </PageOf>
  )
}

function Scene({ notice }: { notice: string }) {
  const page = usePage()
  const shown = page.shown.value
  const programme = programmeOf(page)
  const instead = staged(page, shown)
  const [name, picture] = instead ?? pictureOf(shown, programme, page.live.value.state?.progress.holding_since_ms != null)
  // The first picture is drawn; now those that may come.
  useEffect(() => void fetchFurther(), [])
  useRenewal()
  const dark = isLocked(shown.silence) || shown.item?.detail.kind === 'silence'
  return (
    <div class="audience" data-variant={page.variant} data-dark={dark || undefined} data-shown={name}>
      <div class="scene">
        <Boundary of={name} calm={<Still />}>
          {/* Each witness is a picture of their own, with a film or without. */}
          <Crossfade of={instead === null && shown.item?.detail.kind === 'testimony' ? `${name}-${shown.step}` : name}>{picture}</Crossfade>
        </Boundary>
        <RecordingMark />
      </div>
      <UnderLine shown={shown} programme={programme} notice={notice} />
    </div>
  )
}

/** A name for what is shown, and the picture itself. */
function pictureOf(shown: Moment, programme: Programme | null, holding: boolean): [string, ComponentChild] {
  // A silence that has begun goes on through everything, the holding picture too: its picture can harm nobody.
  if (holding && !isLocked(shown.silence)) return ['holding', <Holding still={programme?.holding_still ?? null} />]
  if (shown.phase === 'closed') return ['closed', <Closed meanwhile={<Still />} />]
  if (shown.phase !== 'item' || shown.item === null || shown.run === null) return ['lobby', <Lobby />]
  const { item, run, step, over, silence } = shown
  if (over && item.end === 'stop') return ['still', <Still />]
  return [`item-${run.cue}-${item.id}`, <Picture item={item} run={run} step={step} over={over} part={silence} />]
}

function Holding({ still }: { still: string | null }) {
  return (
    <section class="picture still">
      {still === null ? (
        <div class="still-flame">
          <Flame />
        </div>
      ) : (
        <img class="still-image" src={still} alt="" />
      )}
      <Hidden />
      <p class="large">{t('We will go on in a little while. You do not need to do anything.')}</p>
    </section>
  )
}

/** One line under the picture, always in its place: what is most worth knowing now, and in a silence nothing. */
function UnderLine({ shown, programme, notice }: { shown: Moment; programme: Programme | null; notice: string }) {
  const page = usePage()
  const state = page.live.value.state
  const quiet = isLocked(shown.silence) || shown.item?.detail.kind === 'silence' || state?.progress.holding_since_ms != null
  const line = quiet ? '' : lineOf()
  return <p class="under-line">{line !== '' && <span>{line}</span>}</p>

  function lineOf(): ComponentChild {
    if (notice !== '') return notice
    if (shown.phase !== 'item' || state === null || programme === null) return ''
    if (shown.held) return t('A short pause. We will go on in a moment.')
    const speaking = holder(state.floor)
    if (speaking !== null && speaking.name !== '') {
      return (
        <>
          {t('Speaking now:')}{' '}
          <strong>
            <Name of={speaking.name} />
          </strong>
          {(speaking.community !== '' || speaking.country !== null) && ', '}
          <From community={speaking.community} country={speaking.country} />
        </>
      )
    }
    const next = shown.standby === null ? nextItem(programme, state.progress, shown.item?.id ?? null) : itemOf(programme, shown.standby.item_id)
    if (next === null) return ''
    return (
      <span class="second">
        {t('Next:')} <Said of={next.title} />
      </span>
    )
  }
}
