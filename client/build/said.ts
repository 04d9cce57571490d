// Which texts a page can say at first, and which only by what it imports later.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { extract, type Said } from './extract.mjs'

const source = fileURLToPath(new URL('../src', import.meta.url))

export interface Reached {
  /** Absolute paths. */
  files: string[]
  /** Of `pages` and all that they import at once. */
  first: Said[]
  /** Of what these import only by a call, and all beyond. */
  later: Said[]
}

/** What `pages` (named from src) say; `except`, and what is reached by it alone, is left out. */
export function saidBy(pages: readonly string[], except: string): Reached {
  const left = join(source, except)
  if (!existsSync(left)) throw new Error(`${except} is not there any more`)
  const reached = new Set<string>()

  /** Goes on from these files by what is imported at once; returns their texts, and what is imported by a call. */
  function walk(from: readonly string[]): { texts: Said[]; calls: string[] } {
    const waiting = [...from]
    const texts: Said[] = []
    const calls: string[] = []
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (path === left || reached.has(path)) continue
      reached.add(path)
      const text = readFileSync(path, 'utf8')
      texts.push(...extract(relative(source, path), text).found)
      const imported = importsOf(path, text)
      waiting.push(...imported.atOnce)
      calls.push(...imported.byCall)
    }
    return { texts, calls }
  }

  const start = walk(pages.map((page) => join(source, page)))
  const later: Said[] = []
  for (let calls = start.calls; calls.length > 0; ) {
    const beyond = walk(calls)
    later.push(...beyond.texts)
    calls = beyond.calls
  }
  return { files: [...reached], first: start.texts, later }
}

/** Our own files that this one imports or re-exports, by statement and by call; types are no code. */
function importsOf(path: string, text: string): { atOnce: string[]; byCall: string[] } {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, kind)
  const atOnce: string[] = []
  const byCall: string[] = []
  const note = (into: string[], name: ts.Node | undefined) => {
    const found = name !== undefined && ts.isStringLiteralLike(name) ? ownFile(path, name.text) : null
    if (found !== null) into.push(found)
  }
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) {
      if (node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) note(atOnce, node.moduleSpecifier)
    } else if (ts.isExportDeclaration(node)) {
      if (!node.isTypeOnly) note(atOnce, node.moduleSpecifier)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(byCall, node.arguments[0])
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { atOnce, byCall }
}

function ownFile(from: string, name: string): string | null {
  if (!name.startsWith('.')) return null
  const found = ['', '.ts', '.tsx'].map((end) => join(dirname(from), name) + end).find((path) => /\.tsx?$/.test(path) && existsSync(path))
  return found ?? null
}
