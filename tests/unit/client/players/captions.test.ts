import { expect, test } from 'vitest'
import { captionAt, parseCaptions } from '../../../../client/src/players/captions'
import { captionsFor } from '../../../../client/src/players/media'

const FILE = `\ufeffWEBVTT - message

NOTE 00:00.000 --> 00:01.000 is not a cue

STYLE
::cue { color: red }

1
00:02.000 --> 00:05.500 line:0 align:start
Eighty-three years ago
a city sent up <i>fireworks</i>.

00:00:05.500 --> 01:00:00.000
<v The governor>Bread &amp; light &lt;125 g&gt; &unknown;</v>

00:07.000 --> 00:08.000

nonsense --> 00:09.000
Not shown.
`

test('cues are read with their times; marks and settings are left out', () => {
  expect(parseCaptions(FILE)).toEqual([
    { from_s: 2, to_s: 5.5, text: 'Eighty-three years ago\na city sent up fireworks.' },
    { from_s: 5.5, to_s: 3600, text: 'Bread & light <125 g> &unknown;' },
  ])
})

test('lines may end as they do on Windows', () => {
  expect(parseCaptions('WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nSnow.\r\n')).toEqual([
    { from_s: 1, to_s: 2, text: 'Snow.' },
  ])
})

test.each(['', 'WEBVTTX\n\n00:01.000 --> 00:02.000\nSnow.', '<!doctype html>', '1\n00:00:01,000 --> 00:00:02,000\nSnow.'])(
  'a file that is no WebVTT has no cues: %j',
  (file) => {
    expect(parseCaptions(file)).toEqual([])
  },
)

test('a cue begins at its first instant and is over at its last; two at once stand below each other', () => {
  const cues = [
    { from_s: 1, to_s: 3, text: 'One.' },
    { from_s: 2, to_s: 4, text: 'Two.' },
  ]
  expect([0.99, 1, 2, 3, 4].map((position_s) => captionAt(cues, position_s))).toEqual([
    '',
    'One.',
    'One.\nTwo.',
    'Two.',
    '',
  ])
})

test('captions are chosen by tag, else by language, in the order in which the person reads languages', () => {
  const captions = ['en', 'ru', 'uz-Cyrl'].map((lang) => ({ lang, url: `media/a.${lang}.vtt` }))
  const chosen = (...languages: string[]) => captionsFor(captions, languages)?.lang ?? null
  expect(chosen('ru')).toBe('ru')
  expect(chosen('en-GB')).toBe('en')
  expect(chosen('uz')).toBe('uz-Cyrl')
  expect(chosen('hy', 'RU-am')).toBe('ru')
  expect(chosen('hy')).toBe(null)
})
