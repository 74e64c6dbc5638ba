// What the generators of tests/peers write: honest directories say yes and have the classes that the index
// names, and of each cheat the check that it names is the first to fail. PAGE_HONEST says how many (default 30).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, checkFiles, firstFailure, optionsOf, readTree } from './tools.mjs';

const PYTHON = process.env.PAGE_PYTHON ?? '/usr/bin/python3';
const HONEST = process.env.PAGE_HONEST ?? '30';
const SEED = process.env.PAGE_SEED ?? '1';

function generate(t, script, ...args) {
  const directory = mkdtempSync(join(tmpdir(), 'page-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  execFileSync(PYTHON, ['-B', join(ROOT, 'tests', 'peers', script), directory, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  return JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8'));
}

function missing() {
  try {
    execFileSync(PYTHON, ['-c', 'import nacl'], { stdio: 'ignore' });
    return false;
  } catch {
    return `${PYTHON} with nacl is not here`;
  }
}

async function agree({ name, dir, args, expect, classes = {} }) {
  const report = await checkFiles(readTree(dir), optionsOf(args));
  const first = report.first?.check.name ?? '';
  if (expect.length) return assert.ok(expect.includes(first), `${name}: ${expect.join(' | ')} wanted, not ${firstFailure(report) || 'yes'}`);
  assert.equal(report.verdict, 'ok', `${name}: ${firstFailure(report)}`);
  for (const [n, letter] of Object.entries(classes)) assert.equal(report.draws[n - 1].assurance.class, letter, `${name}, draw ${n}`);
  return undefined;
}

async function agreeAll(t, index) {
  const bundle = [...readTree(index[0].dir)].find(([path]) => path.startsWith('tile/entries/'))?.[1] ?? '';
  if (/"v":1[,}]/.test(Buffer.from(bundle).toString())) return t.skip('the peers write an older protocol');
  for (const each of index) await agree(each);
  return t.diagnostic(`${index.length} directories agree`);
}

test('honest directories', { skip: missing() }, async (t) => agreeAll(t, generate(t, 'publisher.py', '--seed', SEED, '--count', HONEST)));
test('honest directories with large logs', { skip: missing() }, async (t) => agreeAll(t, generate(t, 'publisher.py', '--seed', SEED, '--count', '7', '--large')));
test('cheats, and what is lawful to the edge', { skip: missing() }, async (t) => agreeAll(t, generate(t, 'cheats.py')));
