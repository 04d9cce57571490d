// The kinds of item, each in a sentence, in the groups in which an organizer looks for them.
import { mark, t } from '../../text/messages'

interface Kind {
  kind: string
  name: string
  what: string
}

interface Group {
  name: string
  kinds: readonly Kind[]
}

const GROUPS: readonly Group[] = [
  {
    name: mark('Beginning and end'),
    kinds: [
      { kind: 'lobby', name: mark('Lobby'), what: mark('Where people arrive before it begins, and try their sound.') },
      { kind: 'interval', name: mark('Pause'), what: mark('A rest in the middle, with the minutes counted down.') },
      { kind: 'closing', name: mark('Closing'), what: mark('Last words, the next date, pictures to keep and the guest book.') },
    ],
  },
  {
    name: mark('Remembering'),
    kinds: [
      { kind: 'silence', name: mark('Silence'), what: mark('A silence kept by all at the same instant, with a metronome or a bell if you like.') },
      { kind: 'names', name: mark('Reading of names'), what: mark('Names read one after another at an even pace.') },
      { kind: 'candle', name: mark('Candle'), what: mark('People light a candle, at home or here on the page.') },
      { kind: 'wreath_laying', name: mark('Laying of wreaths'), what: mark('Wreaths laid one by one, in an order that is the same for everybody.') },
      { kind: 'roll_call', name: mark('Roll-call'), what: mark('Places are called one by one, and each answers.') },
      { kind: 'bell', name: mark('Bell'), what: mark('Strokes of a bell.') },
    ],
  },
  {
    name: mark('Words'),
    kinds: [
      { kind: 'address', name: mark('Address'), what: mark('Somebody speaks to all.') },
      { kind: 'testimony', name: mark('Memories'), what: mark('People tell what they lived through, in turn: live, by telephone or recorded.') },
      { kind: 'reading', name: mark('Reading'), what: mark('A poem, a letter or a page of a book is read.') },
      { kind: 'response', name: mark('Call and answer'), what: mark('One calls, and all answer.') },
      { kind: 'greetings', name: mark('Greetings'), what: mark('Letters and telegrams are read out.') },
      { kind: 'wishes', name: mark('Wishes'), what: mark('Everybody may write a wish; some are read aloud.') },
      { kind: 'honours', name: mark('Honours'), what: mark('People receive an award or are thanked by name.') },
      { kind: 'panel', name: mark('Conversation'), what: mark('Several people talk with one another.') },
    ],
  },
  {
    name: mark('Pictures and music'),
    kinds: [
      { kind: 'video_message', name: mark('Video message'), what: mark('A recorded greeting or speech.') },
      { kind: 'film', name: mark('Film'), what: mark('A film is shown to all at the same time.') },
      { kind: 'gallery', name: mark('Photographs'), what: mark('Photographs, one after another.') },
      { kind: 'music', name: mark('Music'), what: mark('A piece of music, live or recorded.') },
      { kind: 'anthem', name: mark('Anthem'), what: mark('An anthem, for which people rise.') },
    ],
  },
]

const NAMES = new Map(GROUPS.flatMap((group) => group.kinds.map((one) => [one.kind, one.name] as const)))

/** Groups with those kinds that the server knows; kinds that have no words here yet come in a group of their own. */
export function groups(known: readonly string[]): readonly Group[] {
  const told = GROUPS.map((group) => ({ ...group, kinds: group.kinds.filter((one) => known.includes(one.kind)) }))
  const rest = known.filter((kind) => !NAMES.has(kind)).map((kind) => ({ kind, name: kind, what: '' }))
  return [...told, { name: mark('Others'), kinds: rest }].filter((group) => group.kinds.length > 0)
}

export function kindName(kind: string): string {
  return t(NAMES.get(kind) ?? kind)
}
