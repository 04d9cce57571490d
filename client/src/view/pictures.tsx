// Which picture belongs to which kind of item: one for each, drawn as what it is. A silence and what is spoken are always here.
import type { ComponentChild } from 'preact'
import type { SilencePart } from '../timeline'
import type { Detail, Item, Run } from '../wire'
import { Rarer } from './later'
import { Silence } from './silence'
import { Address, Film, Plain, Reading, Response, VideoMessage } from './spoken'

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
    case 'reading':
      return <Reading {...shared} detail={detail} />
    case 'response':
      return <Response {...shared} detail={detail} />
    case 'film':
      return <Film {...shared} detail={detail} />
    case 'lobby':
      // Never cued: what there is before the first item is drawn by the lobby.
      return null
    default:
      return <Rarer {...shared} meanwhile={<Plain item={item} />} />
  }
}
