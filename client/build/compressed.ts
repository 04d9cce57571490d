import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const LEAST = 600

/** Puts a `.br` and a `.gz` beside each script and style, for the server to hand out as they are. */
export function compressed(): Plugin {
  let assets = ''
  return {
    name: 'memorata:compressed',
    apply: 'build',
    configResolved(config) {
      assets = join(config.root, config.build.outDir, config.build.assetsDir)
    },
    closeBundle() {
      for (const name of readdirSync(assets)) {
        if (!/\.(?:js|css)$/.test(name)) continue
        const content = readFileSync(join(assets, name))
        if (content.length < LEAST) continue
        const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
        writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content, { params: brotli }))
        writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }))
      }
    },
  }
}
