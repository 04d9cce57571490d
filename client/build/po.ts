// Turns a PO catalogue into JavaScript modules, so that each language is a chunk of its own: `ru.po` is all of it, `ru.po?first`
// what the pages of the audience say up to their first picture, `ru.po?further` what they say beyond that. Which text belongs
// to which is found from where it stands.
import { po } from 'gettext-parser'
import type { Plugin } from 'vite'
import type { Said } from './extract.mjs'
import { saidBy } from './said.ts'

// gettext's separator between the context and the message.
const CONTEXT = '\u0004'

/** The pages of the audience, in src, and what they fetch as soon as the door is drawn. */
const AUDIENCE = ['main.ts', 'view/participant.tsx', 'view/hall.tsx', 'view/watch.tsx', 'view/behind.ts']
/** The page whose own texts only `ru.po` itself holds. */
const CONSOLE = 'view/host/console.tsx'

/**
 * The module of one catalogue: `{ language, messages, form(n) }`, with the messages among `wanted` where that is given. An
 * unfinished message is left out and falls back to English.
 */
export function moduleOf(text: string, name: string, wanted?: ReadonlySet<string>): string {
  const parsed = po.parse(text)
  const messages: Record<string, string | string[]> = {}
  const { count, rule } = pluralRule(parsed.headers['Plural-Forms'] ?? 'nplurals=2; plural=(n != 1);', name)
  for (const [context, entries] of Object.entries(parsed.translations)) {
    for (const entry of Object.values(entries)) {
      const fuzzy = entry.comments?.flag?.includes('fuzzy') ?? false
      if (entry.msgid === '' || fuzzy || entry.msgstr.some((form) => form === '')) continue
      const plural = entry.msgid_plural !== undefined
      if (plural && entry.msgstr.length !== count) {
        throw new Error(`${name}: "${entry.msgid}" has ${entry.msgstr.length} plural forms, not ${count}`)
      }
      const key = context === '' ? entry.msgid : context + CONTEXT + entry.msgid
      if (wanted !== undefined && !wanted.has(key)) continue
      messages[key] = plural ? entry.msgstr : (entry.msgstr[0] ?? '')
    }
  }
  const language = parsed.headers['Language'] ?? ''
  if (language === '') throw new Error(`${name}: the header "Language" is missing`)
  // The rule is C; written out here it is JavaScript, so that the page evaluates no text (its policy forbids that).
  return [
    `const form = (n) => Number(${rule})`,
    `export default { language: ${JSON.stringify(language.replace('_', '-'))}, form, messages: ${JSON.stringify(messages)} }`,
    '',
  ].join('\n')
}

/** Reads a Plural-Forms header; the rule may hold nothing but n, whole numbers and the operators of gettext. */
export function pluralRule(header: string, name: string): { count: number; rule: string } {
  const match = /^\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+);?\s*$/.exec(header)
  const count = Number(match?.[1])
  const rule = match?.[2]?.trim() ?? ''
  if (!/^(?:n|\d+|[<>=!]=|&&|\|\||[<>?:%()+*/-]|\s)+$/.test(rule)) {
    throw new Error(`${name}: the header "Plural-Forms" cannot be read: ${header}`)
  }
  // Runs while building only, on a rule that has passed the test above.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const form = new Function('n', `return Number(${rule})`) as (n: number) => number
  for (let n = 0; n <= 1000; n += 1) {
    const index = form(n)
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new Error(`${name}: the plural rule gives form ${index} for ${n}; there are ${count}`)
    }
  }
  return { count, rule }
}

export function catalogues(): Plugin {
  return {
    name: 'memorata:po',
    transform: {
      filter: { id: /\.po(?:\?(?:first|further))?$/ },
      handler(code, id) {
        const share = /\?(\w+)$/.exec(id)?.[1]
        if (share === undefined) return { code: moduleOf(code, id), map: null, moduleType: 'js' }
        const { files, first, later } = saidBy(AUDIENCE, CONSOLE)
        for (const file of files) this.addWatchFile(file)
        const early = new Set(first.map(keyOf))
        const wanted = share === 'first' ? early : new Set(later.map(keyOf).filter((key) => !early.has(key)))
        return { code: moduleOf(code, id, wanted), map: null, moduleType: 'js' }
      },
    },
  }
}

function keyOf({ id, context }: Said): string {
  return context === undefined ? id : context + CONTEXT + id
}
