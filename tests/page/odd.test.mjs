// What is lawful, however odd: YES, with its notes and classes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkFiles, firstFailure } from './tools.mjs';
import { DRAW, H, T, another, bare, hidden, last, late, later, lines, looked, makeKey, of, only, seconds, small, standard, unrevealed } from './scene.mjs';

const put = (path, bytes = 'x') => ({ files: (files) => { files.set(path, bytes); } });
const noWitness = (build) => bare(async (s) => { s.witnesses = []; await build(s); });
const plan = (change, more = {}) => small({}, { ...more, more: change });

/** [name, notes wanted: of the log, or of draw n as "n code", what writes the directory, options] */
const ODD = [
  ['the usual', ['voids', 'class-c', 'shared-targets', '1 amended', '1 archive-days', '1 archive-cosigned', '2 rest-elsewhere', '3 amended-after', '5 void-avoided',
    '5 differs', '6 reveal-unpreceded', '7 excused-again', '7 unstaffed', '3 slots-after'], () => standard()],
  ['a witness who cosigned twice', ['1 cosigned'], () => small({ checkpoint: only('draws/0001/commit.checkpoint', (it) => { it.cosigned = [[it.cosigned[0][0], it.cosigned[0][1] + 80000], ...it.cosigned]; }) })],
  ['one witness whose clock is far ahead', [], () => unrevealed({ checkpoint: only('checkpoint', (it) => { it.cosigned[0][1] = 2 ** 53 - 1; }) })],
  ['100 signature lines', [], () => small({ checkpoint: only('checkpoint', (it) => { it.lines = lines(96); }) })],
  ['a false cosignature of nobody that is known', [], () => small({ checkpoint: only('checkpoint', (it, s) => { it.lines = [s.cosignature(makeKey('w9.example.org', 4), 1, 'x')]; }) })],
  ['a cosignature of nobody that is known at 2^64 - 1', [], () => small({ checkpoint: only('checkpoint', (it) => { it.cosigned.push([makeKey('w9.example.org', 4), 2n ** 64n - 1n]); }) })],
  ['a line with U+200B in its name', [], () => small({ checkpoint: only('checkpoint', (it) => { it.lines = ['\u2014 w\u200b AAAAAAA=\n']; }) })],
  ...['draws/0001-old/commit.json', 'draws/1/commit.json', 'draws/00001/commit.json', 'draws/0002', 'draws/0001/amend-1.json', 'draws/0001/amend-001.json', 'draws/0001/a/record.json',
    'draws/0001/Thumbs.db', '.DS_Store', 'archive/7.checkpoint', 'archive/0002.checkpoint.bak', 'archive/a/b', `tile/${'x001/'.repeat(3000)}000`, 'tile/0/000.p/256', 'tile/0/000.p/0',
    'tile/0/x000', 'draws/0001/a\u0001\n.html', 'tile/0/x999/x999/x999/x999/x999/x999/999.p/1', 'checkpoint.old', 'draws/0001/commit.json ', 'draws/+001/x'].map((path) =>
    [`a name that is nobody's: ${JSON.stringify(path).slice(0, 50)}`, ['foreign'], () => small(put(path))]),
  ['pages and pictures beside it', ['!foreign'], () => small({ files: (files) => { for (const path of ['index.html', 'draws/0001/en.html', 'draws/0001/odds.svg', 'verify.html']) files.set(path, 'x'); } })],
  ['a tile beyond the checkpoint', ['!foreign'], () => small(put('tile/0/000'))],
  ['an older partial tile', ['!foreign'], () => small({ files: (files, s) => { files.set('tile/0/000.p/2', Buffer.concat(s.tree.levels[0].slice(0, 2))); } })],
  ['archive checkpoints that are missing', ['1 archive-cosigned'], () => hidden({ files: (files) => { for (const path of [...files.keys()]) if (path.startsWith('archive/')) files.delete(path); } })],
  ['archive entries cosigned late', ['1 archive-cosigned'], () => hidden({ checkpoint: (it, s, { path }) => { if (path.startsWith('archive/')) for (const each of it.cosigned) each[1] += 90000; } })],
  ['a sealed void that owes its value', ['voids'], () => bare(async (s) => { s.genesis(); s.cycle('a', 'drand', 5); const a = await s.commit('a', T, '2023-08-23T15:59:22Z'); s.void(a, '2023-08-23T16:00:00Z'); })],
  ['a void whose reveal brings the value', ['1 void', '1 void-avoided'], () => late('drand', { later: true })],
  ['a void of a witness that blames the beacon', ['1 void-blames-beacon'], () => late('witness', { reason: 'beacon: no signature' })],
  ['a public void without the throw', ['1 void-withheld'], () => late('public')],
  ['a public void with the throw', ['1 void-avoided'], () => late('public', { value: true })],
  ['a late void of no beacon', ['1 void'], () => late('none')],
  ['no witnesses', ['1 no-witnesses', 'never-cosigned', 'class-c'], () => noWitness(async (s) => { s.genesis(); s.cycle('a', 'public', 0); const a = await s.commit('a', T, DRAW); await s.draw(a, DRAW); s.reveal(a, DRAW); })],
  ['another list of witnesses', ['witnesses-changed'], () => small({}, { after: async (s) => { s.policy([s.witnesses[0], makeKey('w4.example.org', 4)], last(s)); await another(s, '2023-09-30T00:00:00Z', {}); } })],
  ['a second chain', [], () => small({}, { after: async (s) => { s.cycle('a', 'none', 3, { chain: 2, reason: '', time: last(s) }); await s.commit('a', '2023-09-30T00:00:00Z', '2023-09-30T01:00:00Z'); } })],
  ['another embargo and rules', ['2 differs'], () => small({}, { after: async (s) => { s.cycle('a', 'none', 3, { chain: 2, reason: 'x', time: last(s) }); await s.commit('a', '2023-09-30T00:00:00Z', '2023-09-30T01:00:00Z', { rules: { slack: 2 }, strata: [{ class: '*', count: 1 }] }); } })],
  ['a zone that nobody knows', ['1 zone-unknown'], () => plan({ rules: { timezone: 'Mars/Olympus_Mons' } })],
  ['a date that is not the local one', ['1 date-other'], () => plan({ date: '2023-08-24', away: [] })],
  ['no spacing, visits by target', [], () => plan({ rules: { spacing: 0, same_unit: false } })],
  ['the longest spacing', ['1 unkept'], () => plan({ rules: { spacing: 10080 } })],
  ['one slot', [], () => plan({ slots: ['2023-08-24T09:00'], away: [] })],
  ['slots before the date', ['1 slots-before'], () => plan({ slots: ['2023-08-22T09:00', '2023-08-24T09:00'], away: [] })],
  ['everybody away', ['1 unstaffed'], () => plan({ slots: ['2023-08-24T09:00', '2023-08-24T14:00'], away: Array.from({ length: 12 }, (_, i) => `I${String(i).padStart(2, '0')},2023-08-24`) })],
  ['no targets, no inspectors', [], () => small({ plan: (it) => { Object.assign(it, { targets: [], inspectors: [], conflicts: [], away: [], excused: { targets: [], inspectors: [] } }); } })],
  ['no strata, no targets', [], () => small({ plan: (it) => { Object.assign(it, { targets: [], conflicts: [], strata: [], excused: { targets: [], inspectors: [] } }); } })],
  ['a commitment long before', ['1 commit-early'], () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', '2023-08-02T00:00:00Z', '2023-09-02T00:00:00Z'); await s.draw(a, '2023-09-02T00:00:01Z'); s.reveal(a, '2023-09-02T00:00:01Z'); })],
  ['a late outcome', ['late-outcomes', '1 late-outcome'], () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW); await s.draw(a, later(DRAW, 90000)); s.reveal(a, later(DRAW, 90000)); })],
  ['other cycles open at the commitment', ['2 open-elsewhere'], () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); s.cycle('b', 'none', 0); await s.commit('a', T, DRAW); await s.commit('b', T, DRAW); })],
  ['no archive entries', ['!1 commit-unpreceded', '!1 archive-days'], () => late('none')],
  ['a commitment without an archive entry before it', ['1 commit-unpreceded'], () => bare(async (s) => { s.genesis(); s.archive('2023-08-02T00:00:00Z'); s.cycle('a', 'none', 0, { time: T }); await s.commit('a', T, DRAW); })],
  ['seats that change hands until nobody is left', ['1 amended-often', '1 empty-seats', '1 amended-after'], () => small({}, { after: async (s) => { for (let i = 0; i < 3; i++) s.amend(s.one, { place: 0, seat: 1, time: last(s) }); } })],
  ['a place that is empty in the end', ['1 empty-places'], () => small({}, { more: { rules: { reserve: 0 } }, after: async (s) => { s.amend(s.one, { place: 0, time: last(s) }); } })],
  ['a target taken out in two draws in a row', ['2 taken-out-again'], () => small({}, { more: { strata: [{ class: '*', per_10000: 10000 }] }, after: async (s) => {
    s.amend(s.one, { place: 0, time: last(s) });
    const two = await another(s, '2023-09-30T00:00:00Z', { strata: [{ class: '*', per_10000: 10000 }], rules: { rotate: 0 } });
    s.amend(two, { place: two.places.places.findIndex(({ target }) => s.one.places.takenOut.has(target)), time: last(s) });
  } })],
  ['an amendment before the reveal alone', ['1 amended', '!1 amended-after', '1 archive-cosigned'], () => hidden({})],
  ['a draw that looks at another', ['2 rest-elsewhere'], () => looked((s, a, b) => { s.reveal(a, '2023-09-20T00:00:00Z'); s.reveal(b, '2023-09-20T00:00:00Z'); })],
  ['text that is not composed', ['1 not-nfc'], () => small({ plan: (it) => { for (const each of it.targets) if (each.unit === 'north') each.unit = 'no\u0301rth'; } })],
  ['an operator with quotes and commas', [], () => small({ genesis: (g) => { g.operator = 'The "Office", 局'; } })],
  ['a copy that is old', ['age', 'overdue-outcome', 'overdue-reveal'], () => standard(), { clock: seconds('2024-01-01T00:00:00Z') }],
  ['a copy that is ahead', ['ahead'], () => standard(), { clock: seconds('2023-01-01T00:00:00Z') }],
  ['as of the last second', [], () => standard(), { at: seconds('2023-10-03T01:00:00Z') }],
];

test(`${ODD.length} that are lawful`, async (t) => {
  for (const [name, notes, make, options] of ODD) {
    await t.test(name, async () => {
      const report = await checkFiles((await make()).publish(), options);
      assert.equal(report.verdict, 'ok', firstFailure(report));
      const said = new Set([...report.notes.map(({ code }) => code.replace('note-', '')), ...report.draws.flatMap(({ n, notes: own }) => own.map(({ code }) => `${n} ${code.replace('note-', '')}`))]);
      for (const code of notes) assert.equal(said.has(code.replace('!', '')), !code.startsWith('!'), `${code}: ${[...said].join(' · ')}`);
    });
  }
});

const classOf = async (scene, independent = [], n = 1) => {
  const report = await checkFiles((await scene).publish(), { independent });
  assert.equal(report.verdict, 'ok', firstFailure(report));
  const { assurance } = report.draws[n - 1];
  if (assurance.class === 'pending') return `pending, ${assurance.best} at best`;
  return `${assurance.class}${/^[AB]$/.test(assurance.class) && !assurance.independent ? '-if' : ''}`;
};
const cosignedAt = (name, times, base) => ({ checkpoint: only(`draws/0001/${name}.checkpoint`, (it) => { it.cosigned = it.cosigned.slice(0, times.length).map(([key], i) => [key, base + times[i]]); }) });

test('classes', async () => {
  const drawn = seconds('2023-08-23T15:59:22Z');
  const late_ = (times) => small(cosignedAt('commit', times, drawn), { source: 'public' });
  assert.equal(await classOf(small({}, { source: 'drand' })), 'A-if');
  assert.equal(await classOf(small({}, { source: 'public' })), 'B-if');
  assert.equal(await classOf(small({}, { source: 'witness' })), 'B-if');
  assert.equal(await classOf(small({}, { source: 'none' })), 'C');
  assert.equal(await classOf(late_([-600, -600])), 'B-if');
  assert.equal(await classOf(late_([-600, -599])), 'C');
  assert.equal(await classOf(late_([-600])), 'C');
  assert.equal(await classOf(small(cosignedAt('outcome', [86400, 86400], drawn), { source: 'public' })), 'B-if');
  assert.equal(await classOf(small(cosignedAt('outcome', [86400, 86401], drawn), { source: 'public' })), 'C');
  const wait = (source, witnesses) => bare(async (s) => { s.witnesses = s.witnesses.slice(0, witnesses); s.genesis(); s.cycle('a', source, 0); await s.commit('a', T, DRAW); });
  assert.equal(await classOf(wait('drand', 3)), 'pending, A at best');
  assert.equal(await classOf(wait('public', 3)), 'pending, B at best');
  assert.equal(await classOf(wait('none', 3)), 'pending, C at best');
  assert.equal(await classOf(wait('drand', 0)), 'pending, C at best');
  assert.equal(await classOf(late('witness', { value: true })), 'B-if');
  assert.equal(await classOf(late('drand', { later: true })), 'A-if');
  assert.equal(await classOf(late('none')), 'none');
});

test('a class is said outright only with more than half of the independent witnesses', async () => {
  const [w1, w2, w3, other, another_] = ['w1.example.org', 'w2.example.org', 'w3.example.org', 'x.example.org', 'y.example.org'].map((name) => makeKey(name, 4).text);
  const scene = () => small(cosignedAt('commit', [-7000, -7000], seconds('2023-08-23T15:59:22Z')), { source: 'public' });      // by w1 and w2
  for (const [independent, wanted] of [[[w1], 'B'], [[w1, w2], 'B'], [[w1, w2, w3], 'B'], [[w3], 'B-if'], [[w1, w3], 'B-if'], [[w1, other], 'B-if'], [[w1, w2, other], 'B'],
    [[other], 'B-if'], [[w1, w1, other], 'B-if'], [[w1, w2, other, another_], 'B-if'], [[], 'B-if']]) {
    assert.equal(await classOf(scene(), independent), wanted, independent.join());
  }
  const report = await checkFiles((await scene()).publish());
  assert.deepEqual(report.draws[0].assurance.witnesses, ['w1.example.org', 'w2.example.org']);
});

test('of several cosignatures by one witness the earliest counts, and once', async () => {
  const times = [-100, -7000, 50];
  const again = (it) => { const [key] = it.cosigned[0]; it.cosigned = times.map((time) => [key, seconds('2023-08-23T15:59:22Z') + time]); };
  const report = await checkFiles((await small({ checkpoint: only('draws/0001/commit.checkpoint', again) }, { source: 'public' })).publish());
  assert.deepEqual([report.draws[0].assurance.commit, report.draws[0].assurance.class], [1, 'C']);
});

test('what a draw stands on, where that has a lower class', async () => {
  const poor = { checkpoint: only('draws/0001/commit.checkpoint', (it) => { it.cosigned = []; }) };
  const stands = async (on, more, outcome) => {
    const s = await small(on, { source: 'public', after: async (it) => {
      if (outcome === 'void') { const v = await it.commit('a', '2023-08-26T00:00:00Z', '2023-08-27T00:00:00Z'); it.void(v, '2023-08-27T01:00:00Z'); it.reveal(v, '2023-08-27T02:00:00Z'); }
      if (outcome === 'early') { const v = await it.commit('a', '2023-08-26T00:00:00Z', '2023-08-27T00:00:00Z'); it.void(v, '2023-08-26T01:00:00Z'); it.reveal(v, '2023-08-27T02:00:00Z'); }
      const at = '2023-09-30T00:00:00Z';
      const draw = await it.commit('a', at, later(at, 3600), more);
      await it.draw(draw, later(at, 3601));
      it.reveal(draw, later(at, 3700));
    } });
    const report = await checkFiles(s.publish());
    assert.equal(report.verdict, 'ok', firstFailure(report));
    return report.draws.at(-1).assurance.stands.map(({ n, class: letter }) => `${n}${letter}`).join(' ');
  };
  assert.equal(await stands({}, {}), '');
  assert.equal(await stands(poor, {}), '1C');
  const apart = { rules: { rest_days: 0, cover_days: 0, rotate: 0 }, excused: { targets: Array.from({ length: 24 }, (_, i) => `T${String(i).padStart(2, '0')}`), inspectors: [] } };
  assert.equal(await stands(poor, apart), '');
  assert.equal(await stands({}, {}, 'void'), '2none');
  assert.equal(await stands({}, {}, 'early'), '');
});

test('entries that count the same amendments again have another hash', async () => {
  const s = await hidden({});
  const counts = s.entries.map((text) => JSON.parse(text)).filter(({ type, open }) => type === 'archive' && open.length).map(({ open }) => open[0].amended);
  assert.equal(new Set(counts).size, counts.length);      // one that counts the same again has another hash
  assert.ok(!counts.includes(H('')));
});
