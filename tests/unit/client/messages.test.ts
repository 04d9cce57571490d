import { afterEach, describe, expect, it } from 'vitest'
import { moduleOf, pluralRule } from '../../../client/build/po'
import {
  type Catalogue,
  language,
  languages,
  loadLanguage,
  nearest,
  speak,
  speakAlso,
  subscribe,
  t,
  tc,
  tn,
} from '../../../client/src/text/messages'

const RUSSIAN = 'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);'
const HEADER = `msgid ""\nmsgstr ""\n"Language: ru\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: ${RUSSIAN}\\n"\n\n`

async function built(body: string): Promise<Catalogue> {
  const code = moduleOf(HEADER + body, 'ru.po')
  const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as { default: Catalogue }
  return module.default
}

afterEach(() => loadLanguage('en', 'whole'))

describe('a catalogue', () => {
  it('speaks each plural form of the language', async () => {
    speak(await built('msgid "{n} year"\nmsgid_plural "{n} years"\nmsgstr[0] "{n} год"\nmsgstr[1] "{n} года"\nmsgstr[2] "{n} лет"\n'))
    const years = [1, 2, 5, 11, 21, 22, 80, 81, 111].map((n) => tn('{n} year', '{n} years', n))
    expect(years).toEqual(['1 год', '2 года', '5 лет', '11 лет', '21 год', '22 года', '80 лет', '81 год', '111 лет'])
  })

  it('tells contexts apart', async () => {
    speak(await built('msgid "Order"\nmsgstr "Порядок"\n\nmsgctxt "decoration"\nmsgid "Order"\nmsgstr "Орден"\n'))
    expect([t('Order'), tc('decoration', 'Order'), tc('shop', 'Order')]).toEqual(['Порядок', 'Орден', 'Order'])
  })

  it('leaves out what no translator has confirmed', async () => {
    const catalogue = await built('#, fuzzy\nmsgid "Wreath"\nmsgstr "Цветок"\n\nmsgid "Candle"\nmsgstr ""\n\nmsgid "Bell"\nmsgstr "Колокол"\n')
    expect(catalogue.messages).toEqual({ Bell: 'Колокол' })
  })

  it('is refused where a plural form is missing', () => {
    const two = 'msgid "{n} year"\nmsgid_plural "{n} years"\nmsgstr[0] "{n} год"\nmsgstr[1] "{n} года"\n'
    expect(() => moduleOf(HEADER + two, 'ru.po')).toThrow('ru.po: "{n} year" has 2 plural forms, not 3')
  })
})

describe('a share', () => {
  const spoken = () => [t('Enter'), t('Lay our wreath'), t('Run of show')]

  it('holds what the audience reads first, and not what comes later or what a host alone reads', async () => {
    await loadLanguage('ru', 'first')
    expect(spoken()).toEqual(['Войти', 'Lay our wreath', 'Run of show'])
    expect([t('The silence is over.'), tn('{n} minute', '{n} minutes', 2)]).toEqual(['Минута молчания окончена.', '2 минуты'])
    await speakAlso('further')
    expect(spoken()).toEqual(['Войти', 'Возложить наш венок', 'Run of show'])
    await loadLanguage('ru', 'whole')
    expect(spoken()).toEqual(['Войти', 'Возложить наш венок', 'Ход церемонии'])
  })

  it('is kept to when another language is chosen, and a choice is not lost to another share', async () => {
    await loadLanguage('en', 'first')
    const chosen = loadLanguage('ru')
    await speakAlso('further')
    await chosen
    expect([language(), ...spoken()]).toEqual(['ru', 'Войти', 'Возложить наш венок', 'Run of show'])
  })

  it('adds nothing to all of it', async () => {
    await loadLanguage('ru', 'whole')
    await speakAlso('further')
    expect(spoken()).toEqual(['Войти', 'Возложить наш венок', 'Ход церемонии'])
  })
})

describe('a plural rule', () => {
  it.each(['nplurals=2; plural=(n != 1, fetch("//x"));', 'nplurals=2; plural=globalThis;', 'nplurals=2; plural=n = 1;', 'plural=n'])(
    'is refused when it is not one: %s',
    (header) => {
      expect(() => pluralRule(header, 'xx.po')).toThrow('xx.po: the header "Plural-Forms" cannot be read')
    },
  )

  it('is refused when it names a form that is not there', () => {
    expect(() => pluralRule('nplurals=2; plural=n%3;', 'xx.po')).toThrow('xx.po: the plural rule gives form 2 for 2; there are 2')
  })
})

describe('English', () => {
  it('is the message itself', () => {
    expect([t('A minute of silence'), tc('any', 'Bell'), language()]).toEqual(['A minute of silence', 'Bell', 'en'])
  })

  it('chooses between one and many, and groups the digits of the number only', () => {
    expect([0, 1, 2, 5000].map((n) => tn('{n} person in {year}', '{n} people in {year}', n, { year: 1945 }))).toEqual([
      '0 people in 1945',
      '1 person in 1945',
      '2 people in 1945',
      '5,000 people in 1945',
    ])
  })

  it('fills what it is given, and nothing from the language of the page', () => {
    expect(t('{name}, {toString} {name}', { name: '{name} $&' })).toBe('{name} $&, {toString} {name} $&')
    expect([t('constructor'), t('__proto__')]).toEqual(['constructor', '__proto__'])
  })
})

describe('loading', () => {
  it('finds the nearest language', () => {
    expect(['ru', 'RU-kz', 'en-GB', 'xx', ''].map(nearest)).toEqual(['ru', 'ru', 'en', 'en', 'en'])
    expect(languages).toEqual(['en', ...languages.filter((tag) => tag !== 'en').sort()])
  })

  it('speaks the language asked for last, and tells the listeners', async () => {
    const heard: string[] = []
    const end = subscribe(() => heard.push(language()))
    await Promise.all([loadLanguage('ru'), loadLanguage('en')])
    await loadLanguage('ru-RU')
    end()
    await loadLanguage('en')
    expect(heard).toEqual(['en', 'ru'])
  })
})
