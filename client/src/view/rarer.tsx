// The pictures that not every ceremony begins with: fetched once the first one is drawn, long before their item starts.
import type { ComponentChild } from 'preact'
import type { Item, Run } from '../wire'
import { Candle } from './candles'
import { Closing, Interval } from './closing'
import { Gallery } from './gallery'
import { Honours } from './honours'
import { Greetings, Wishes } from './letters'
import { Bell, Music } from './music'
import { Names } from './names'
import { Panel } from './panel'
import { RollCall } from './rollcall'
import { Testimony } from './testimony'
import { WreathLaying } from './wreaths'

/** One of these; null for an item that is drawn without waiting for this file (pictures.tsx). */
export function Rarer(props: { item: Item; run: Run; step: number; over: boolean }): ComponentChild {
  const detail = props.item.detail
  switch (detail.kind) {
    case 'testimony':
      return <Testimony {...props} detail={detail} />
    case 'wreath_laying':
      return <WreathLaying {...props} detail={detail} />
    case 'roll_call':
      return <RollCall {...props} detail={detail} />
    case 'names':
      return <Names {...props} detail={detail} />
    case 'candle':
      return <Candle {...props} detail={detail} />
    case 'bell':
      return <Bell {...props} detail={detail} />
    case 'music':
    case 'anthem':
      return <Music {...props} detail={detail} />
    case 'gallery':
      return <Gallery {...props} detail={detail} />
    case 'greetings':
      return <Greetings {...props} detail={detail} />
    case 'wishes':
      return <Wishes {...props} detail={detail} />
    case 'interval':
      return <Interval {...props} detail={detail} />
    case 'honours':
      return <Honours {...props} detail={detail} />
    case 'panel':
      return <Panel {...props} detail={detail} />
    case 'closing':
      return <Closing item={props.item} detail={detail} run={props.run} />
    default:
      return null
  }
}
