/** Names of countries on a page, and when two names say the same. */
import { afterEach, expect, test, vi } from 'vitest'
import type { View } from '../../../client/src/view/live.ts'
import { countryName, firstOf, sameWords } from '../../../client/src/view/page.tsx'

afterEach(() => vi.unstubAllGlobals())

function aView(language: string): View {
  vi.stubGlobal('document', { documentElement: { lang: language } })
  const programme = { countries: { KG: { ru: 'Кыргызстан' }, BY: { en: 'Belarus, our own' } } }
  const live = { state: { programme }, boot: { language: 'en', countries: { KG: 'Kyrgyzstan', BY: 'Belarus', AM: 'Armenia' } } }
  return { live: { value: live }, text: (text: Record<string, string>) => text['en'] ?? '' } as unknown as View
}

test("the organizer's name of a country counts in its own language alone", () => {
  const english = aView('en')
  expect([countryName(english, 'KG'), countryName(english, 'BY'), countryName(english, 'AM')]).toEqual(['Kyrgyzstan', 'Belarus, our own', 'Armenia'])
  const russian = aView('ru')
  expect([countryName(russian, 'KG'), countryName(russian, 'BY'), countryName(russian, 'AM')]).toEqual(['Кыргызстан', 'Беларусь', 'Армения'])
  expect([countryName(russian, null), countryName(russian, '')]).toEqual(['', ''])
})

test('capitals and the dots of ё do not make another name', () => {
  expect(sameWords('Соединённые Штаты', 'Соединенные штаты')).toBe(true)
  expect(sameWords('Yerevan', 'Armenia')).toBe(false)
  expect(sameWords('Чехия', 'Чехии')).toBe(false)
})

test('the speaker is named, else the presenter, else nobody', () => {
  const view = aView('en')
  const [speaker, presenter] = [{ en: 'Bruno' }, { en: 'Amina' }]
  expect([firstOf(view, speaker, presenter), firstOf(view, {}, presenter), firstOf(view, {}, {})]).toEqual([speaker, presenter, {}])
})
