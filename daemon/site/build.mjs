// Writes verify.html: one file with everything in it. The same sources and lock file give the same bytes.
//   node build.mjs [OUTPUT]
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const source = (name) => readFileSync(join(here, 'src', name), 'utf8');
const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const bundle = await build({
  absWorkingDir: here, entryPoints: ['src/main.js'], bundle: true, write: false, format: 'iife', target: 'es2022', charset: 'utf8',
  legalComments: 'inline', logLevel: 'warning',
});
const script = `\n${bundle.outputFiles[0].text}`;
const style = `\n${source('verify.css')}`;
if (/<\/script|<!--/i.test(script)) throw new Error('the program would end its own element');

const csp = ["default-src 'none'", `script-src ${digest(script)}`, `style-src ${digest(style)}`, 'worker-src blob:', "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'"].join('; ');
const parts = { csp, style, script };
const page = source('verify.template.html').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
writeFileSync(process.argv[2] ?? join(here, 'verify.html'), page);
