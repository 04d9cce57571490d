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

/** The socket library brings a third transport, which our server has not: half a kilobyte that nobody needs. */
function withoutWebTransport(): Plugin {
  const nothing = '\0memorata:no-webtransport'
  return {
    name: 'memorata:without-webtransport',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source.endsWith('/webtransport.js') && importer?.includes('/engine.io-client/') ? nothing : null,
    load: (id) => (id === nothing ? 'export const WT = undefined' : null),
  }
}

export default defineConfig({
  root: client,
  // Pages name their files as /assets/<name>-<hash>.js, read from web/.vite/manifest.json.
  base: '/',
  publicDir: false,
  plugins: [catalogues(), compressed(), packagesOfTests(), withoutWebTransport()],
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
