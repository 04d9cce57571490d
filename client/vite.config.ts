import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { compressed } from './build/compressed.ts'
import { catalogues } from './build/po.ts'

const client = fileURLToPath(new URL('.', import.meta.url))
const tests = fileURLToPath(new URL('../tests/unit/client', import.meta.url))

/** src/main.ts(x) is the page `main`, and src/<part>/main.ts(x) the page `<part>`. */
function pages(): Record<string, string> {
  const source = join(client, 'src')
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const found: Record<string, string> = {}
  for (const folder of [source, ...folders.map((entry) => join(source, entry.name))]) {
    const entry = ['main.ts', 'main.tsx'].map((name) => join(folder, name)).find((path) => existsSync(path))
    if (entry !== undefined) found[folder === source ? 'main' : basename(folder)] = entry
  }
  return found
}

/** The tests lie outside this folder, where Node finds no node_modules above them: look from here instead. */
function packagesOfTests(): Plugin {
  return {
    name: 'memorata:packages-of-tests',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      if (!importer?.startsWith(tests) || /^[./\0]/.test(source)) return null
      return this.resolve(source, join(client, 'package.json'), { ...options, skipSelf: true })
    },
  }
}

/**
 * What the socket library brings and nobody needs, a kilobyte and a half: a third transport, which our server has not, and
 * binary messages, of which there are none: all that is said is JSON.
 */
const UNNEEDED: Record<string, string> = {
  'engine.io-client/webtransport.js': 'export const WT = undefined',
  'engine.io-parser/base64-arraybuffer.js': 'export const decode = () => new ArrayBuffer(0)',
  'socket.io-parser/binary.js':
    'export const deconstructPacket = (packet) => ({ packet, buffers: [] }), reconstructPacket = (packet) => packet',
  'socket.io-parser/is-binary.js': 'export const isBinary = () => false, hasBinary = () => false',
}

function withoutUnneeded(): Plugin {
  const mark = '\0memorata:unneeded:'
  return {
    name: 'memorata:without-unneeded',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const found = Object.keys(UNNEEDED).find((name) => {
        const [library = '', file = ''] = name.split('/')
        return source.endsWith(`/${file}`) && importer.includes(`/${library}/`)
      })
      return found === undefined ? null : mark + found
    },
    load: (id) => (id.startsWith(mark) ? (UNNEEDED[id.slice(mark.length)] ?? null) : null),
  }
}

export default defineConfig({
  root: client,
  // Pages name their files as /assets/<name>-<hash>.js, read from web/.vite/manifest.json.
  base: '/',
  publicDir: false,
  plugins: [catalogues(), compressed(), packagesOfTests(), withoutUnneeded()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../server/memorata/web',
    emptyOutDir: true,
    assetsDir: 'assets',
    // No image hides inside a stylesheet: the page's policy names where pictures come from.
    assetsInlineLimit: 0,
    manifest: true,
    sourcemap: false,
    // The oldest browsers promised (docs): phones and tablets that get no updates any more.
    target: ['chrome109', 'firefox115', 'safari15.4'],
    rolldownOptions: { input: pages() },
  },
  test: {
    root: client,
    dir: tests,
    include: ['**/*.test.{ts,tsx}'],
    environment: 'node',
    passWithNoTests: true,
    restoreMocks: true,
    // Against a hang only: machines are shared, and some tests play a whole ceremony.
    testTimeout: 60_000,
  },
})
