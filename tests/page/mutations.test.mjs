// One byte of the example changed at a time: all must fail but in cosignature lines, where a changed name or key
// id makes a line of an unknown witness, which is ignored. PAGE_MUTATIONS says how many (default 400),
// PAGE_SEED which.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EXAMPLE, checkFiles, firstFailure, random, readTree } from './tools.mjs';

const COUNT = Number(process.env.PAGE_MUTATIONS ?? 400);
const SEED = Number(process.env.PAGE_SEED ?? 1);

// The checks that may be the first to fail, by file.
const EXPECTED = [
  [/^vkey$/, /^log signature$/], [/^checkpoint$/, /^log (signature|checkpoints)$/], [/^tile\//, /^log (signature|tree)$/],
  [/^archive\//, /^log checkpoints$/], [/commit\.checkpoint$/, /checkpoints$/], [/outcome\.checkpoint$/, /(checkpoints|beacon)$/],
  [/(commit\.json|\.csv|sealed\.json)$/, /files$/], [/amend-/, /amendments$/],
  [/record\.json$/, /(seed|selection|inspectors|teams|visits|matters|record)$/],
];

/** Whether the byte lies in the name or key id of a cosignature line. */
function ignorable(path, bytes, at) {
  if (!path.endsWith('checkpoint')) return false;
  const text = Buffer.from(bytes).toString('latin1');
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(start, text.indexOf('\n', start));
  return /witness[0-9]\.example/.test(line) && at - start < line.lastIndexOf(' ') + 7;
}

test(`${COUNT} changed bytes, seed ${SEED}`, async () => {
  const files = readTree(EXAMPLE);
  const paths = [...files.keys()].sort();
  const rng = random(SEED);
  let ignored = 0;
  for (let i = 0; i < COUNT; i++) {
    const path = paths[rng(paths.length)];
    const bytes = Uint8Array.from(files.get(path));
    const at = rng(bytes.length);
    bytes[at] ^= rng(2) ? 1 << rng(8) : 1 + rng(255);
    const report = await checkFiles(new Map([...files, [path, bytes]]));
    if (report.verdict === 'ok' && ignorable(path, files.get(path), at)) {
      ignored++;
      continue;
    }
    const failed = firstFailure(report).split(':')[0];
    assert.equal(report.verdict, 'failed', `${path} at ${at}`);
    const [, wanted] = EXPECTED.find(([name]) => name.test(path));
    assert.match(failed, wanted, `${path} at ${at}: ${firstFailure(report)}`);
  }
  assert.ok(ignored < COUNT / 10, `${ignored} ignored`);
});
