import { join } from 'node:path';
import { build } from 'vite';
import { root } from './compile.mjs';

/** Makes dist/http/page from src/http/page: one script, one style sheet, nothing from elsewhere. */
export async function buildPage() {
  await build({
    configFile: false,
    root: join(root, 'src/http/page'),
    base: '/',
    logLevel: 'warn',
    publicDir: 'public',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: join(root, 'dist/http/page'),
      emptyOutDir: true,
      modulePreload: false,
      target: 'es2022',
      rolldownOptions: {
        output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: 'page[extname]' },
      },
    },
  });
}
