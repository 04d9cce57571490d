// What the steps of an item are called, and what a host reads aloud in each of them. Pure.
import { t } from '../../text/messages'
import type { Item, NameRead, Text, Tributes } from '../../wire'

type Say = (text: Text | null | undefined) => string

/** What the names item shows in each step: a name, a pair, or a pace of silence. */
export function namesInSteps(item: Item): NameRead[][] {
  if (item.detail.kind !== 'names') return []
  const { names, grouping, silences_at } = item.detail
  const size = grouping === 'pair' ? 2 : 1
  const groups: NameRead[][] = []
  for (let i = 0; i < names.length; i += size) groups.push(names.slice(i, i + size))
  const found: NameRead[][] = []
  groups.forEach((group, i) => {
    for (const at of silences_at) if (at === i) found.push([])
    found.push(group)
  })
  for (const at of silences_at) if (at >= groups.length || at < 0) found.push([])
  return found
}

/** What step `step` of the item is called; empty when it has no name of its own. */
export function stepName(item: Item, step: number, say: Say): string {
  const detail = item.detail
  switch (detail.kind) {
    case 'testimony':
      return say(detail.speakers[step]?.name)
    case 'wreath_laying':
      return say(detail.wreaths[step]?.community)
    case 'roll_call':
      return say(detail.entries[step]?.place)
    case 'names': {
      const group = namesInSteps(item)[step]
      if (group === undefined) return ''
      return group.length === 0 ? t('a moment of silence') : group.map((one) => one.name).join(', ')
    }
    case 'gallery':
      return say(detail.images[step]?.caption)
    case 'greetings':
      return say(detail.messages[step]?.sender)
    case 'honours':
      return say(detail.recipients[step]?.name)
    default:
      return ''
  }
}

/** "Next speaker: Genrikh Adler", as the large button says it. */
export function stepLabel(item: Item, step: number, count: number, say: Say): string {
  const name = stepName(item, step, say) || t('{n} of {count}', { n: step + 1, count })
  switch (item.detail.kind) {
    case 'testimony':
      return t('Next speaker: {name}', { name })
    case 'wreath_laying':
      return t('Next wreath: {name}', { name })
    case 'roll_call':
      return t('Next place: {name}', { name })
    case 'greetings':
      return t('Next greeting: {name}', { name })
    case 'wishes':
      return t('Next wish: {name}', { name })
    case 'honours':
      return t('Next: {name}', { name })
    default:
      return t('Next step: {name}', { name })
  }
}

/** Who or what a step is, in a line: "91, Yerevan, on the telephone". */
export function stepFacts(item: Item, step: number, say: Say, countryName: (code: string) => string): string {
  const detail = item.detail
  const found: (string | number | null | undefined)[] = []
  const name = (code: string | null | undefined) => (code == null ? '' : countryName(code))
  if (detail.kind === 'testimony') {
    const speaker = detail.speakers[step]
    if (speaker !== undefined) found.push(speaker.age, say(speaker.community), name(speaker.country), modeWord(speaker.mode))
  } else if (detail.kind === 'roll_call') {
    const entry = detail.entries[step]
    if (entry !== undefined) found.push(say(entry.speaker), say(entry.community), name(entry.country), placeWord(entry.mode))
  } else if (detail.kind === 'greetings') {
    found.push(say(detail.messages[step]?.community))
  } else if (detail.kind === 'honours') {
    found.push(say(detail.recipients[step]?.community))
  }
  return [...new Set(found.filter((one) => one !== null && one !== undefined && one !== ''))].join(', ')
}

function modeWord(mode: 'live' | 'recorded' | 'phone' | 'helper'): string {
  const words = { live: t('heard live'), recorded: t('recorded'), phone: t('on the telephone'), helper: t('read by a helper') }
  return words[mode]
}

function placeWord(mode: 'live' | 'picture' | 'recorded'): string {
  return { live: t('heard live'), picture: t('in a picture'), recorded: t('recorded') }[mode]
}

/** One piece of what is read aloud; `label` says what it is where that is not plain. */
export interface Passage {
  label: string
  text: string
  /** BCP 47, for the lang attribute; '' when it is the page's. */
  language: string
}

/** What the host, or whoever presents the item, reads in this step. */
export function script(item: Item, step: number, tributes: Tributes, say: Say, languageOf: Say): Passage[] {
  const found: Passage[] = []
  const add = (label: string, text: Text | string | null | undefined) => {
    const words = typeof text === 'string' ? text : say(text)
    if (words !== '') found.push({ label, text: words, language: typeof text === 'string' ? '' : languageOf(text) })
  }
  const detail = item.detail
  if (detail.kind === 'silence') add(t('Said before the silence'), detail.invitation)
  add('', item.text)
  switch (detail.kind) {
    case 'testimony':
      add(say(detail.speakers[step]?.name), detail.speakers[step]?.summary)
      break
    case 'response':
      add(t('The call'), detail.call)
      add(t('Answer of all'), detail.answer)
      break
    case 'wreath_laying':
      add(t('On the ribbon'), detail.wreaths[step]?.ribbon)
      break
    case 'names':
      for (const one of namesInSteps(item)[step] ?? []) {
        add(one.name, [one.pronunciation, one.note].filter((part) => part !== '').join(' · '))
      }
      break
    case 'candle':
      add('', detail.prompt)
      break
    case 'greetings': {
      const message = detail.messages[step]
      if (message !== undefined) add(say(message.sender), message.text)
      break
    }
    case 'wishes': {
      const lines = wishesToRead(item, tributes, say)
      const now = lines[Math.min(step, lines.length - 1)]
      const then = lines[step + 1]
      if (now === undefined) add('', detail.prompt)
      else add(now.label, now.text)
      if (then !== undefined) add(t('Then: {name}', { name: then.label }), then.text)
      break
    }
    case 'honours':
      add(t('The award'), detail.award)
      add(say(detail.recipients[step]?.name), detail.recipients[step]?.citation)
      break
    case 'closing':
      add('', detail.words)
      break
    case 'video_message':
      if (found.length === 0) add(t('If the video fails'), item.media?.fallback_text)
      break
    default:
      break
  }
  return found
}

/** The wishes that may be read aloud, in the order in which the audience sees them: prepared ones, then released ones. */
function wishesToRead(item: Item, tributes: Tributes, say: Say): { label: string; text: string }[] {
  if (item.detail.kind !== 'wishes') return []
  const prepared = item.detail.prepared.map((one) => ({ label: who(say(one.sender), say(one.community)), text: say(one.text) }))
  const released = tributes.wishes
    .filter((wish) => wish.item_id === item.id && wish.state === 'released')
    .map((wish) => ({ label: who(wish.name, wish.community), text: wish.text }))
  return [...prepared, ...released]
}

function who(name: string, community: string): string {
  return [name, community].filter((part) => part !== '').join(', ')
}
