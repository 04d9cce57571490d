// Which texts a page can say: those of its own file, and of all that it imports, now or later.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { extract, type Said } from './extract.mjs'

const source = fileURLToPath(new URL('../src', import.meta.url))

/** What these pages say, files named from src; `except` and what only it reaches are left out. */
export function saidBy(pages: readonly string[], except: string): { files: string[]; texts: Said[] } {
  const left = join(source, except)
  if (!existsSync(left)) throw new Error(`${except} is not there any more`)
  const waiting = pages.map((page) => join(source, page))
  const reached = new Set<string>()
  const texts: Said[] = []
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (path === left || reached.has(path)) continue
    reached.add(path)
    const text = readFileSync(path, 'utf8')
    texts.push(...extract(relative(source, path), text).found)
    waiting.push(...imported(path, text))
  }
  return { files: [...reached], texts }
}

/** The files of ours that this one imports or re-exports, by statement or by call; types alone count too and do no harm. */
function imported(path: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => ['.ts', '.tsx', '', '.d.ts'].map((end) => join(dirname(path), name) + end).find((found) => existsSync(found)))
    .filter((found) => found !== undefined && /\.tsx?$/.test(found)) as string[]
}
