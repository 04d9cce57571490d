import { describe, expect, it } from 'vitest'
import { extract } from '../../../client/build/extract.mjs'

const TAKEN = "import { mark, t, tc as inContext, tn } from '../text/messages'\n"

describe('the texts of a file', () => {
  it('are those said through the names taken from text/messages', () => {
    const source = `${TAKEN}
const KINDS: Record<Kind, string> = { poem: mark('Poem') }
export function Row<T extends string>({ kind, n, open }: Props<T>) {
  return (
    <p title={inContext('button', 'Order')}>
      {/* Translators: the poem that is read next. */}
      {t(KINDS[kind])}, {tn('{n} poem', '{n} poems', n)} {t(open ? 'Open' : \`Shut\`)} {t('A long ' + 'one')}
    </p>
  )
}`
    const { found, faults } = extract('view/row.tsx', source)
    expect(faults).toEqual([])
    expect(found.map(({ id, plural, context, line, note }) => ({ id, plural, context, line, note }))).toEqual([
      { id: 'Poem', plural: undefined, context: undefined, line: 3, note: '' },
      { id: 'Order', plural: undefined, context: 'button', line: 6, note: '' },
      { id: '{n} poem', plural: '{n} poems', context: undefined, line: 8, note: 'the poem that is read next.' },
      { id: 'Open', plural: undefined, context: undefined, line: 8, note: 'the poem that is read next.' },
      { id: 'Shut', plural: undefined, context: undefined, line: 8, note: 'the poem that is read next.' },
      { id: 'A long one', plural: undefined, context: undefined, line: 8, note: 'the poem that is read next.' },
    ])
  })

  it('are not those of another function of that name', () => {
    expect(extract('a.ts', "const t = (x: string) => x\nt('No text')\nthing.t('Nor this')").found).toEqual([])
  })

  it('cannot be collected where they are put together', () => {
    const source = `${TAKEN}t(\`Dear \${name}\`)\ntn(one, many, 3)\ninContext(where, 'Order')`
    expect(extract('a.ts', source).faults).toEqual([
      'a.ts:2: a text with ${...} cannot be translated; use {name}',
      'a.ts:3: tn needs two literal texts, one and many',
      'a.ts:4: tc needs a literal context',
    ])
  })
})
