// The page: its sentences, its one file, its build.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { MESSAGES, languageOf, say } from '../../daemon/site/src/ui/messages.js';
import { DRAW_CHECKS, LOG_CHECKS } from '../../daemon/site/src/protocol/runner.js';
import { ROOT } from './tools.mjs';

const SITE = join(ROOT, 'daemon', 'site');
const page = readFileSync(join(SITE, 'verify.html'), 'utf8');
const sources = ['protocol', 'ui'].flatMap((folder) => readdirSync(join(SITE, 'src', folder)).map((name) => join(SITE, 'src', folder, name)));
const parameters = (sentence) => [...sentence.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name).sort();

test('both languages have the same sentences with the same parameters', () => {
  assert.deepEqual(Object.keys(MESSAGES.zh), Object.keys(MESSAGES.en));
  for (const [key, sentence] of Object.entries(MESSAGES.en)) {
    assert.deepEqual(parameters(MESSAGES.zh[key]), parameters(sentence), key);
    assert.ok(MESSAGES.zh[key].trim(), key);
  }
});

test('every code of the library has a sentence', () => {
  const patterns = [/\bneed\((?:[^;]|\n)*?, '([a-z0-9-]+)'/g, /new (?:Problem|TooLarge)\('([a-z0-9-]+)'/g, /new Skip\('\w+', '([a-z0-9-]+)'/g,
    /equalLists\('([a-z-]+)'/g, /code: '([a-z-]+)'/g, /setAll\('\w+', '([a-z-]+)'/g];
  const codes = new Set();
  for (const path of sources.filter((each) => each.includes('/protocol/'))) {
    const text = readFileSync(path, 'utf8');
    for (const pattern of patterns) for (const [, code] of text.matchAll(pattern)) codes.add(code);
    if (path.endsWith('notes.js')) for (const [, code] of text.matchAll(/\b(?:note|loud)\('([a-z-]+)'/g)) codes.add(`note-${code}`);
  }
  for (const each of ['overdue-outcome', 'overdue-reveal', 'note-overdue-outcome', 'note-overdue-reveal', 'signature-missing', 'signature-extra',
    'file-early', 'needs', 'sealed', 'is-void', 'no-log', 'no-record', 'record-unreadable', 'not-reached', 'note-stands-on', 'note-stands-on-none', 'place-holds',
    'place-holds-amended', 'note-void-blames-beacon', 'note-void-withheld', 'verdict-ok', 'verdict-weak', 'verdict-pending', 'verdict-pending-C', 'verdict-alone', 'verdict-alone-C', 'verdict-incomplete', 'box-lists', 'class-witness']) codes.add(each);
  for (const word of ['selected', 'unstaffed', 'reserve', 'not-drawn', 'excused', 'rest']) codes.add(`receipt-holds-${word}`);
  for (const status of ['ok', 'failed', 'notrun']) codes.add(`held-${status}`).add(`place-${status}`);
  for (const source of ['none', 'public', 'drand', 'witness']) codes.add(`check-beacon-${source}`);
  for (const drum of ['in', 'due', 'carried', 'away', 'excused']) codes.add(`drum-${drum}`);
  for (const name of [...LOG_CHECKS, ...DRAW_CHECKS]) codes.add(`check-${name}`);
  for (const letter of ['A', 'B', 'A-if', 'B-if', 'C', 'pending', 'pending-C', 'none', 'unknown']) codes.add(`box-${letter}`).add(`class-${letter}`).add(`class-short-${letter}`);
  assert.ok(codes.size > 150, String(codes.size));
  for (const code of codes) assert.ok(MESSAGES.en[code], code);
});

test('a sentence takes its parameters as they are', () => {
  assert.equal(say('en', 'missing', { where: '<b>{what}</b>$&' }), '<b>{what}</b>$& is missing.');
  assert.equal(say('en', 'no-such-code'), 'no-such-code');
  assert.deepEqual(['zh-CN', 'zh', 'ZH-hant', 'en-GB', 'de', undefined].map(languageOf), ['zh', 'zh', 'zh', 'en', 'en', 'en']);
});

test('the sources never write markup', () => {
  for (const path of sources) {
    const text = readFileSync(path, 'utf8');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser/, path);
  }
});

test('the library knows no page', () => {
  for (const path of sources.filter((each) => each.includes('/protocol/'))) {
    assert.doesNotMatch(readFileSync(path, 'utf8'), /\b(document|window|navigator|localStorage)\b|from '\.\.\/ui/, path);
  }
});

test('verify.html is one file with a strict policy', () => {
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page);
  const script = page.slice(page.indexOf('<script id="program">') + 21, page.lastIndexOf('</script>'));
  const style = /<style>([^]*?)<\/style>/.exec(page)[1];
  const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  assert.ok(policy.startsWith("default-src 'none'; "));
  assert.ok(policy.includes(`script-src ${digest(script)};`));
  assert.ok(policy.includes(`style-src ${digest(style)};`));
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const markup = page.slice(0, page.indexOf('<script')) + page.slice(page.lastIndexOf('</script>'));
  assert.doesNotMatch(markup, /<(link|img|iframe|object|embed)\b|\bsrc=|\bhref=|\bon[a-z]+=|style=/);
  assert.equal(page.match(/<script\b/g).length, 1);
});

test('a build from the lock file gives the same bytes', { skip: existsSync(join(SITE, 'node_modules')) ? false : 'npm ci first' }, () => {
  const lock = JSON.parse(readFileSync(join(SITE, 'package-lock.json'), 'utf8'));
  for (const name of ['@noble/curves', '@noble/hashes', 'esbuild']) {
    const installed = JSON.parse(readFileSync(join(SITE, 'node_modules', name, 'package.json'), 'utf8')).version;
    assert.equal(installed, lock.packages[`node_modules/${name}`].version, name);
  }
  const directory = mkdtempSync(join(tmpdir(), 'page-'));
  try {
    execFileSync(process.execPath, [join(SITE, 'build.mjs'), join(directory, 'verify.html')]);
    assert.equal(readFileSync(join(directory, 'verify.html'), 'utf8') === page, true, 'verify.html is not what the sources give');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
