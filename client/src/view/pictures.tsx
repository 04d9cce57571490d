// Which picture belongs to which kind of item: one for each, drawn as what it is.
import type { ComponentChild } from 'preact'
import type { SilencePart } from '../timeline'
import type { Detail, Item, Run } from '../wire'
import { Candle } from './candles'
import { Closing, Interval } from './closing'
import { Gallery } from './gallery'
import { Greetings, Wishes } from './letters'
import { Bell, Music } from './music'
import { Names } from './names'
import { RollCall } from './rollcall'
import { Silence } from './silence'
import { Address, Film, Honours, Panel, Reading, Response, VideoMessage } from './spoken'
import { Testimony } from './testimony'
import { WreathLaying } from './wreaths'

/** What a picture is drawn from: the item, its going-live, and the step it is at. */
export interface PictureProps<D extends Detail> {
  item: Item
  detail: D
  run: Run
  step: number
  /** Past its planned end: shown to nobody as lateness, but a gallery may now be kept, a wish is not read any more. */
  over: boolean
}

export function Picture(props: { item: Item; run: Run; step: number; over: boolean; part: SilencePart | null }): ComponentChild {
  const { item, run, step, over, part } = props
  const detail = item.detail
  const shared = { item, run, step, over }
  switch (detail.kind) {
    case 'address':
      return <Address {...shared} detail={detail} />
    case 'video_message':
      return <VideoMessage {...shared} detail={detail} />
    case 'silence':
      return <Silence item={item} run={run} detail={detail} part={part} />
    case 'testimony':
      return <Testimony {...shared} detail={detail} />
    case 'reading':
      return <Reading {...shared} detail={detail} />
    case 'response':
      return <Response {...shared} detail={detail} />
    case 'wreath_laying':
      return <WreathLaying {...shared} detail={detail} />
    case 'roll_call':
      return <RollCall {...shared} detail={detail} />
    case 'names':
      return <Names {...shared} detail={detail} />
    case 'candle':
      return <Candle {...shared} detail={detail} />
    case 'bell':
      return <Bell {...shared} detail={detail} />
    case 'music':
    case 'anthem':
      return <Music {...shared} detail={detail} />
    case 'gallery':
      return <Gallery {...shared} detail={detail} />
    case 'film':
      return <Film {...shared} detail={detail} />
    case 'greetings':
      return <Greetings {...shared} detail={detail} />
    case 'wishes':
      return <Wishes {...shared} detail={detail} />
    case 'honours':
      return <Honours {...shared} detail={detail} />
    case 'panel':
      return <Panel {...shared} detail={detail} />
    case 'interval':
      return <Interval {...shared} detail={detail} />
    case 'closing':
      return <Closing item={item} detail={detail} run={run} />
    case 'lobby':
      // Never cued: what there is before the first item is drawn by the lobby.
      return null
  }
}
