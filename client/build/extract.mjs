// Prints, as JSON, every text that the client says through t, tc, tn and mark; server/catalogues.py reads it.
//
// The compiler's own parser reads the sources, since regular expressions and JavaScript parsers trip over TSX.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const source = fileURLToPath(new URL('../src', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const SAYING = new Set(['t', 'tc', 'tn', 'mark'])
const NOTE = /Translators:\s*(.*?)\s*(?:\*\/\}?|-->)?$/

/** The texts an expression may be: literals, literals joined by +, either branch of a choice. */
function texts(node) {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return texts(node.expression)
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)]
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return texts(node.left).flatMap((left) => texts(node.right).map((right) => left + right))
  }
  return []
}

/** Local name to exported name, of what a file takes from text/messages. */
function taken(file) {
  const names = new Map()
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !/(^|\/)messages(\.ts)?$/.test(statement.moduleSpecifier.text)) continue
    const bindings = statement.importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue
    for (const one of bindings.elements) {
      const exported = (one.propertyName ?? one.name).text
      if (SAYING.has(exported)) names.set(one.name.text, exported)
    }
  }
  return names
}

/** What one file says, and what of it cannot be collected; `path` is for the report, from the root of the project. */
export function extract(path, text) {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind)
  const lines = text.split('\n')
  const names = taken(file)
  const found = []
  const faults = []

  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && names.has(node.expression.text)) {
      const said = names.get(node.expression.text)
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line
      const note = NOTE.exec(lines[line - 1]?.trim() ?? '')?.[1] ?? ''
      const place = { file: path, line: line + 1, note }
      const [first, second] = node.arguments.map(texts)
      if (said === 'tn') {
        if (first?.length === 1 && second?.length === 1) found.push({ ...place, id: first[0], plural: second[0] })
        else faults.push(`${place.file}:${place.line}: tn needs two literal texts, one and many`)
      } else if (said === 'tc') {
        if (first?.length === 1) found.push(...(second ?? []).map((id) => ({ ...place, context: first[0], id })))
        else faults.push(`${place.file}:${place.line}: tc needs a literal context`)
      } else {
        // A variable is allowed: its texts are marked where they are written.
        found.push(...(first ?? []).map((id) => ({ ...place, id })))
        if (first?.length === 0 && node.arguments[0] !== undefined && ts.isTemplateExpression(node.arguments[0])) {
          faults.push(`${place.file}:${place.line}: a text with \${...} cannot be translated; use {name}`)
        }
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { found, faults }
}

function main() {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
  const results = files.map((path) => extract(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')))
  const faults = results.flatMap((result) => result.faults)
  if (faults.length > 0) {
    console.error(faults.join('\n'))
    process.exitCode = 1
    return
  }
  console.log(JSON.stringify(results.flatMap((result) => result.found)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
