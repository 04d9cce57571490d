// What each key of an item is called on the page, and what it is for; a key without words goes by its own name.
import { mark, t } from '../../text/messages'

type Words = readonly [label: string, hint?: string]

/** By `kind.key` or `part.key` where a key means something particular there, else by `key`. */
const KEYS: Readonly<Record<string, Words>> = {
  id: [mark('Short name'), mark('For links and files; small letters, digits and hyphens. Nobody else sees it.')],
  title: [mark('Title')],
  planned_s: [mark('Planned length')],
  presenter: [mark('Who leads through it')],
  language: [mark('Language spoken'), mark('Where it is not the first language of the ceremony.')],
  note_host: [mark('Note for the host'), mark('Only hosts see it.')],
  warn_s: [mark('Warn the host before the end')],
  end: [mark('When its time is over')],
  media: [mark('Recording or live picture')],
  text: [mark('Words to read along'), mark('What is spoken, so that those who hear badly can follow.')],
  hall: [mark('Hall shown by its own camera'), mark('As long as it does not send, the recording, link or picture is shown instead.')],
  'halls.place': [mark('Place'), mark('What everybody reads when it is on screen.')],
  'halls.contact': [mark('Whom the host rings there')],
  'halls.telephone': [mark('Telephone')],
  'halls.id': [mark('Short name'), mark('Small letters, digits and hyphens. Nobody else sees it.')],
  recording_allowed: [mark('May be recorded and kept')],

  sources: [mark('Links'), mark('The first is played; the others stand in for it when it fails.')],
  link: [mark('Link'), mark('A video of YouTube, Vimeo, Rutube or VK, a film file, or a file beside the schedule like media/film.mp4.')],
  delay_s: [mark('Seconds behind the event'), mark('Only for a live picture, and only where you know it.')],
  still: [mark('Picture shown instead when nothing plays'), mark('A file like media/still.jpg, or a link to a picture.')],
  captions: [mark('Captions'), mark('A file for each language, like media/film.en.vtt. Recordings with speech need them.')],
  duration_s: [mark('Length of the recording')],
  fallback_text: [mark('Words shown instead when nothing plays')],
  live: [mark('It is a live picture, not a recording')],
  volume: [mark('Loudness'), mark('From 0, silent, to 1, as it was recorded.')],

  opens_before_s: [mark('Doors open before the beginning')],
  sound_check: [mark('People may try their sound')],

  speaker: [mark('Who speaks')],
  role: [mark('Who that is'), mark('Like: keeper of the letters, from the museum.')],
  interpretation: [mark('Interpretation'), mark('Who interprets, into which language.')],

  'silence.duration_s': [mark('Length of the silence'), mark('From 15 seconds to 5 minutes.')],
  invitation: [mark('Invitation'), mark('Like: those who can, please rise; those seated stay seated.')],
  invitation_s: [mark('Time for the invitation')],
  stillness_s: [mark('Stillness before it'), mark('Microphones are closed, nothing sounds.')],
  sound: [mark('What is heard')],
  bpm: [mark('Beats a minute'), mark('From 40 to 60: slow, as the wireless beat when there was no danger.')],
  start_signal: [mark('Signal at the beginning')],
  end_signal: [mark('Signal at the end')],
  quiet_after_s: [mark('Quiet after it')],
  vibration: [mark('Telephones may vibrate with the beat'), mark('For people who do not hear.')],

  speakers: [mark('Speakers'), mark('In the order in which they speak.')],
  slot_s: [mark('Time for each')],
  name: [mark('Name'), mark('As the person writes it.')],
  age: [mark('Age')],
  community: [mark('Community'), mark('What the people call themselves: a town, an association, a family.')],
  country: [mark('Country or region'), mark('Only if you wish.')],
  mode: [mark('How')],
  summary: [mark('What is told, in short')],

  author: [mark('Author')],
  reader: [mark('Who reads')],
  readers: [mark('Who reads')],
  rights: [mark('Rights'), mark('Whose work it is, and that it may be used.')],
  call: [mark('The call')],
  answer: [mark('The answer of all')],

  place: [mark('Place')],
  order_policy: [mark('Order of the wreaths'), mark('The order is protocol: the same for every viewer, in every language.')],
  order_language: [mark('Alphabetical in which language')],
  wreaths: [mark('Wreaths')],
  layer: [mark('Who lays it')],
  ribbon: [mark('Words on the ribbon')],
  tribute: [mark('What is laid')],
  entries: [mark('Places'), mark('In the order in which they are called.')],

  names: [mark('Names')],
  note: [mark('Note'), mark('Like: 1931–1942, Ligovsky 12.')],
  pronunciation: [mark('How it is pronounced')],
  pace_s: [mark('Time for each name')],
  grouping: [mark('Names at a time')],
  silences_at: [mark('A short silence before these names'), mark('Numbers counted from 0, with commas between them.')],

  prompt: [mark('What people are asked')],
  counter: [mark('Show how many have lit one')],
  strokes: [mark('Strokes')],
  interval_s: [mark('Time from one to the next')],
  work: [mark('Piece')],
  performer: [mark('Who plays or sings')],
  stand_invite: [mark('People are asked to rise')],
  images: [mark('Photographs')],
  url: [mark('File or link')],
  caption: [mark('What it shows'), mark('It is read out to those who cannot see it.')],
  credit: [mark('Whose photograph')],
  consent: [mark('Those shown, or their families, agree')],
  downloadable: [mark('People may keep them')],
  audio_description: [mark('Spoken description for those who cannot see'), mark('A sound file.')],
  rating_note: [mark('Who should not watch'), mark('Like: hard to bear for children.')],
  messages: [mark('Greetings')],
  sender: [mark('From whom')],
  source: [mark('How it came')],
  max_chars: [mark('Longest wish, in letters')],
  moderated: [mark('A person reads each wish before it is shown')],
  read_out: [mark('How many are read aloud')],
  prepared: [mark('Wishes that came before')],
  award: [mark('Award')],
  recipients: [mark('Who receives it')],
  citation: [mark('For what')],
  participants: [mark('Who talks')],
  moderator: [mark('Who leads the conversation')],
  countdown: [mark('Count the minutes down')],
  words: [mark('Last words')],
  downloads: [mark('To keep')],
  label: [mark('What it is')],
  guest_book_until: [mark('Guest book')],

  'wreath_laying.mode': [mark('The laying is')],
  'candle.mode': [mark('Who lights a candle')],
  'testimony.speakers.mode': [mark('How they are heard')],
  'roll_call.entries.mode': [mark('How they answer')],
  'wreath_laying.place': [mark('Where they are laid')],
  'reading.text': [mark('The text'), mark('Shown while it is read, with its lines as you write them.')],
  'lobby.text': [mark('Words for those who arrive')],
  'greetings.messages.text': [mark('The words')],
  'wishes.prepared.text': [mark('The wish')],
}

/** By `key.choice`, or `kind.key.choice` where it is another thing there. */
const CHOICES: Readonly<Record<string, string>> = {
  'end.hold': mark('The host goes on when ready'),
  'end.next': mark('The next item begins by itself'),
  'end.stop': mark('A calm picture is shown'),
  'sound.none': mark('Nothing'),
  'sound.metronome': mark('A metronome'),
  'sound.bell': mark('A bell'),
  'sound.recording': mark('A recording of your own'),
  'start_signal.none': mark('None'),
  'start_signal.bell': mark('A bell'),
  'end_signal.none': mark('None'),
  'end_signal.bell': mark('A bell'),
  'mode.live': mark('Live'),
  'mode.recorded': mark('Recorded'),
  'mode.phone': mark('By telephone'),
  'mode.helper': mark('Read by a helper'),
  'mode.picture': mark('In pictures'),
  'mode.host': mark('The host alone'),
  'mode.everyone': mark('Everybody'),
  'mode.representatives': mark('One of each delegation'),
  'order_policy.manual': mark('As they stand here'),
  'order_policy.rank': mark('By rank'),
  'order_policy.alphabetical': mark('Alphabetical in one language'),
  'order_policy.year': mark('By the year of joining'),
  'order_policy.lot': mark('By lot'),
  'tribute.wreath': mark('A wreath'),
  'tribute.candle': mark('A candle'),
  'tribute.flower': mark('A flower'),
  'tribute.photograph': mark('A photograph'),
  'grouping.one': mark('One'),
  'grouping.pair': mark('Two'),
  'source.letter': mark('A letter'),
  'source.telegram': mark('A telegram'),
  'source.clip': mark('A recording'),
}

function found<T>(words: Readonly<Record<string, T>>, owner: string, name: string): T | undefined {
  return words[`${owner}.${name}`] ?? words[name]
}

/** The label of a key; `owner` is the kind, or the kind and its list: `wreath_laying.wreaths`. */
export function labelOf(owner: string, name: string): string {
  const words = found(KEYS, owner, name)
  return words === undefined ? name : t(words[0])
}

export function hintOf(owner: string, name: string): string {
  const hint = found(KEYS, owner, name)?.[1]
  return hint === undefined ? '' : t(hint)
}

export function choiceOf(owner: string, name: string, choice: string): string {
  const words = found(CHOICES, owner, `${name}.${choice}`)
  return words === undefined ? choice : t(words)
}

/** The button that adds one more to a list. */
export function addOf(name: string): string {
  switch (name) {
    case 'speakers':
      return t('Add a speaker')
    case 'wreaths':
      return t('Add a wreath')
    case 'entries':
      return t('Add a place')
    case 'names':
      return t('Add a name')
    case 'images':
      return t('Add a photograph')
    case 'messages':
      return t('Add a greeting')
    case 'prepared':
      return t('Add a wish')
    case 'recipients':
    case 'participants':
    case 'readers':
      return t('Add a person')
    case 'downloads':
      return t('Add a file')
    case 'sources':
      return t('Add a link')
    default:
      return t('Add one')
  }
}
