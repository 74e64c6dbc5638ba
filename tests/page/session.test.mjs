// What stands between page and library: messages in, messages out. The files are File objects, as in a browser.
import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import test from 'node:test';
import { droppedFiles, chosenFiles } from '../../daemon/site/src/ui/collect.js';
import { Session } from '../../daemon/site/src/ui/session.js';
import { EXAMPLE, readTree } from './tools.mjs';

const files = [...readTree(EXAMPLE)].map(([path, bytes]) => [`example/${path}`, new File([bytes], path.split('/').pop())]);
const options = { key: '', independent: [], since: null, at: null, clock: null };

function conversation(pause) {
  const told = [];
  return { told, session: new Session((message) => told.push(structuredClone(message)), pause) };
}

for (const pause of [false, true]) {
  test(`a check and a question, ${pause ? 'in the page' : 'in a worker'}`, async () => {
    const { told, session } = conversation(pause);
    await session.hear({ type: 'check', files, base: '', options });
    await session.hear({ type: 'ask', id: 'T0026' });
    assert.ok(told.some(({ type }) => type === 'progress'));
    assert.equal(told.find(({ type }) => type === 'report').report.verdict, 'ok');
    const { answers } = told.at(-1);
    assert.deepEqual(answers.map(({ n, kind }) => [n, kind]), [[1, 'target'], [2, 'sealed'], [3, 'sealed']]);
  });
}

test('what is no published directory is a problem, what cannot be read a failure', async () => {
  const { told, session } = conversation(false);
  await session.hear({ type: 'check', files: [['a.txt', new File(['x'], 'a.txt')]], base: '', options });
  assert.deepEqual(told.at(-1), { type: 'problem', code: 'nothing-published', params: { count: 1 } });
  const gone = { size: 10, arrayBuffer: async () => { throw new DOMException('gone', 'NotReadableError'); } };
  await session.hear({ type: 'check', files: [...files.filter(([path]) => !path.endsWith('/vkey')), ['example/vkey', gone]], base: '', options });
  assert.deepEqual(told.at(-1).report.first.check.code, 'unreadable');
});

test('dropped folders are walked, whatever their readers give at a time', async () => {
  const entry = (name, children) => (children ? {
    name, isFile: false, createReader: () => {
      const left = [...children];
      return { readEntries: (done) => done(left.splice(0, 2)) };
    },
  } : { name, isFile: true, file: (done) => done(new File(['x'], name)) });
  const root = entry('pub', [entry('a'), entry('b'), entry('c'), entry('draws', [entry('0001', [entry('commit.json')])])]);
  const found = await droppedFiles({ items: [{ webkitGetAsEntry: () => root }], files: [] }, () => {});
  assert.deepEqual(found.map(([path]) => path), ['pub/a', 'pub/b', 'pub/c', 'pub/draws/0001/commit.json']);
  assert.deepEqual(chosenFiles([{ name: 'x', webkitRelativePath: 'd/x' }, { name: 'y' }]).map(([path]) => path), ['d/x', 'y']);
});
