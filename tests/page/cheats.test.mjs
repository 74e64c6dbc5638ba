// Each rule of PROTOCOL 10 broken once, by somebody who holds the log's key and signs anew: NO, and by the right check.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  DRAW, H, ROUND_1000, T, another, bare, falsely, hidden, last, late, later, lines, looked, makeKey, of, only, seconds, small, standard, unrevealed, voided,
} from './scene.mjs';
import { checkFiles, firstFailure } from './tools.mjs';

const text = (files, path, change) => files.set(path, change(Buffer.from(files.get(path)).toString()));

const two = (change, on) => small(on, { after: async (s) => { await another(s, '2023-09-30T00:00:00Z', {}); change?.(s); } });
const sealedUp = (change) => ({ sealed: of(1, change) });
const cell = (id, column, value) => ({ tables: of(1, ({ targets }) => { targets.find((each) => each.id === id)[column] = value; }) });
const person = (id, column, value) => ({ tables: of(1, ({ inspectors }) => { inspectors.find((each) => each.id === id)[column] = value; }) });
const rule = (name, value) => ({ plan: of(1, (plan) => { plan.rules = { ...plan.rules, [name]: value }; }) });
const genesis = (change) => ({ genesis: change });
const commit = (change) => ({ commit: of(1, change) });

/** [name, the check that fails first, what writes the directory, options of check] */
const CHEATS = [
  // signature
  ['the checkpoint signed by another key', 'log signature', () => small({ files: (files, s) => { s.key = makeKey(s.origin, 1, 'another'); s.checkpoint('checkpoint', 1); } })],
  ['genesis with another key', 'log signature', () => small(genesis((g) => { g.key = makeKey(g.origin, 1, 'another').text; }))],
  ['a genesis of another origin', 'log signature', () => small(genesis((g) => { g.origin = 'other.example.org'; }))],
  ['no genesis first', 'log signature', () => bare(async (s) => { s.cycle('a', 'none', 0); s.genesis('2023-08-01T00:00:02Z'); })],
  ['a checkpoint of another origin', 'log signature', () => small({ checkpoint: only('checkpoint', (plan) => { plan.origin = 'other.example.org'; }) })],
  ['121 signature lines', 'log signature', () => small({ checkpoint: only('checkpoint', (plan) => { plan.lines = lines(117); }) })],
  ['1,002 signature lines', 'log signature', () => small({ checkpoint: only('checkpoint', (plan) => { plan.lines = lines(998); }) })],
  ['101 signature lines', 'log signature', () => small({ checkpoint: only('checkpoint', (plan) => { plan.lines = lines(97); }) })],
  ['a key that is not the one that was given', 'log signature', () => small(), { key: makeKey('log.example.org', 1, 'another').text }],
  ['a vkey with two lines', 'log signature', () => small({ files: (files) => { text(files, 'vkey', (each) => each + each); } })],
  // tree
  ['an origin that is not the key\'s name', 'log tree', () => bare(async (s) => { s.origin = 'other.example.org'; s.genesis(); })],
  ['a genesis key with malformed base64', 'log tree', () => small(genesis((g) => { g.key = g.key.replace(/.$/, '*'); }))],
  ['a genesis key with a wrong id', 'log tree', () => small(genesis((g) => { g.key = g.key.replace(/\+./, '+g'); }))],
  ['U+200B in a witness\'s name', 'log tree', () => bare(async (s) => { s.witnesses.push(makeKey('w4\u200b.example.org', 4)); s.genesis(); })],
  ['two witnesses of one name', 'log tree', () => bare(async (s) => { s.witnesses.push(makeKey('w1.example.org', 4, 'x')); s.genesis(); })],
  ['two witnesses with one public key', 'log tree', () => bare(async (s) => { s.witnesses.push(makeKey('w4.example.org', 4, 'w1.example.org')); s.genesis(); })],
  ['a witness with the log\'s public key', 'log tree', () => bare(async (s) => { s.witnesses.push(makeKey('w4.example.org', 4, 'log.example.org')); s.genesis(); })],
  ['a witness with the log\'s name', 'log tree', () => bare(async (s) => { s.witnesses.push(makeKey('log.example.org', 4, 'x')); s.genesis(); })],
  ['a policy that names the log', 'log tree', () => bare(async (s) => { s.genesis(); s.policy([makeKey('w9.example.org', 4, 'log.example.org')], T); })],
  ['a policy whose key is no witness\'s', 'log tree', () => bare(async (s) => { s.genesis(); s.policy([makeKey('w9.example.org', 1)], T); })],
  ['version 1', 'log tree', () => small(commit((e) => { e.v = 1; }))],
  ['version 1 of genesis', 'log tree', () => small(genesis((e) => { e.v = 1; }))],
  ['a key too many', 'log tree', () => small(commit((e) => { e.note = 'x'; }))],
  ['a key too few', 'log tree', () => small({ draw: (e) => { delete e.places; } })],
  ['an unknown type', 'log tree', () => small({ reveal: (e) => { e.type = 'opening'; } })],
  ['an entry that is not canonical', 'log tree', () => small({ reveal: (e) => `${JSON.stringify(e)} ` })],
  ['a control character in a reason', 'log tree', () => bare(async (s) => { s.genesis(); s.policy(s.witnesses, T, 'a\u0085b'); })],
  ['a reason of 1025 bytes', 'log tree', () => bare(async (s) => { s.genesis(); s.policy(s.witnesses, T, '局'.repeat(341) + 'xyz'); })],
  ['no operator', 'log tree', () => small(genesis((g) => { g.operator = ''; }))],
  ['a first chain with a reason', 'log tree', () => small({ cycle: (e) => { e.reason = 'x'; } })],
  ['a chain of 10001', 'log tree', () => small({ cycle: (e) => { e.length = 10001; } })],
  ['an embargo of 401 days', 'log tree', () => small({ cycle: (e) => { e.embargo_days = 401; } })],
  ['a zone ../../etc/passwd', 'log tree', () => small(rule('timezone', '../../etc/passwd'))],
  ['a zone of 65 bytes', 'log tree', () => small(rule('timezone', 'x'.repeat(65)))],
  ['nine seats', 'log tree', () => small(commit((e) => { e.rules = { ...e.rules, team: Array(9).fill('any') }; }))],
  ['no seat', 'log tree', () => small(commit((e) => { e.rules = { ...e.rules, team: [] }; }))],
  ['spacing of more than a week', 'log tree', () => small(rule('spacing', 10081))],
  ['quiet_days of more than ten years', 'log tree', () => small(commit((e) => { e.rules = { ...e.rules, quiet_days: 3651 }; }))],
  ['a rule that is missing', 'log tree', () => small(commit((e) => { const { same_unit: _, ...rules } = e.rules; e.rules = rules; }))],
  ['strata that do not ascend', 'log tree', () => small(commit((e) => { e.strata = [...e.strata].reverse(); }))],
  ['strata with what the drum holds', 'log tree', () => small(commit((e) => { e.strata = e.strata.map((each) => ({ ...each, drum: 1 })); }))],
  ['more than all of a stratum', 'log tree', () => small(commit((e) => { e.strata = [{ class: '*', per_10000: 10001 }]; }))],
  ['a time that is none', 'log tree', () => small(commit((e) => { e.draw_time = '2023-02-30T00:00:00Z'; }))],
  ['symbols that do not ascend', 'log tree', () => small(commit((e) => { e.beacon = { ...e.beacon, symbols: '9876543210' }; }), { source: 'public' })],
  ['another chain of drand', 'log tree', () => small(commit((e) => { e.beacon = { ...e.beacon, chain: H('x') }; }), { source: 'drand' })],
  ['open draws that do not ascend', 'log tree', () => small({ archive: (e) => { e.open = [...e.open, ...e.open]; } })],
  ['a signature without a value', 'log tree', () => small({ reveal: (e) => { e.signature = ROUND_1000; } })],
  ['a changed tile', 'log tree', () => small({ files: (files) => { const tile = [...files.keys()].find((path) => path.startsWith('tile/0/')); files.get(tile)[40] ^= 1; } })],
  ['a bundle with something behind it', 'log tree', () => small({ files: (files) => { const path = [...files.keys()].find((each) => each.startsWith('tile/entries/')); files.set(path, Buffer.concat([files.get(path), Buffer.from([0, 0])])); } })],
  ['a false older partial tile', 'log tree', () => small({ files: (files) => { files.set('tile/0/000.p/2', Buffer.alloc(64)); } })],
  // sequence
  ['a number left out', 'log sequence', () => small(commit((e) => { e.n = 2; }))],
  ['a commitment of another log', 'log sequence', () => small(commit((e) => { e.origin = 'other.example.org'; }))],
  ['a cycle that never began', 'log sequence', () => small(commit((e) => { e.cycle = 'b'; }))],
  ['a second genesis', 'log sequence', () => bare(async (s) => { s.genesis(); s.genesis(); })],
  ['two open commitments in a cycle', 'log sequence', () => small({}, { after: async (s) => { await another(s, '2023-09-01T00:00:00Z', {}, 'open'); await another(s, '2023-09-01T00:00:01Z', {}, 'open'); } })],
  ['a link left out', 'log sequence', () => small({}, { before: async (s) => { s.cycles.get('a').used = 1; } })],
  ['a link past the end', 'log sequence', () => small({ cycle: (e) => { e.length = 1; } }, { after: (s) => another(s, '2023-09-01T00:00:00Z', {}) })],
  ['another source than its chain', 'log sequence', () => small(commit((e) => { e.beacon = { source: 'none' }; }), { source: 'public' })],
  ['a chain with a wrong number', 'log sequence', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0, { chain: 2, reason: 'x' }); })],
  ['a new chain before the old one is revealed', 'log sequence', () => small({}, { after: async (s) => {
    await another(s, '2023-09-01T00:00:00Z', {}, 'open'); s.cycle('a', 'none', 0, { chain: 2, time: '2023-09-01T00:00:01Z', reason: 'x' });
  } })],
  ['an old chain', 'log sequence', () => small(of_(2, (e) => { e.chain = 1; }), { after: async (s) => { s.cycle('a', 'none', 0, { chain: 2, time: '2023-09-01T00:00:01Z', reason: 'x' }); await another(s, '2023-09-02T00:00:00Z', {}); } })],
  ['an anchor used twice', 'log sequence', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const { anchor } = JSON.parse(s.entries[1]); s.on = { cycle: (e) => { e.anchor = anchor; } }; s.cycle('b', 'none', 0); })],
  ['an anchor that is a revealed secret', 'log sequence', () => small({ cycle: (e, s) => { if (e.cycle === 'b') e.anchor = s.one.secret; } }, { after: async (s) => { s.cycle('b', 'none', 0, { time: last(s) }); } })],
  ['a secret that is an anchor', 'log sequence', () => small({ reveal: (e, s) => { e.secret = s.cycles.get('a').secrets[0]; } })],
  ['an outcome of another commitment', 'log sequence', () => small({ draw: (e) => { e.commit = H('x'); } })],
  ['two outcomes', 'log sequence', () => small({}, { after: async (s) => { s.void(s.one, last(s)); } })],
  ['an outcome of no commitment', 'log sequence', () => small({ draw: (e) => { e.n = 9; } })],
  ['revealed twice', 'log sequence', () => small({}, { after: async (s) => { s.reveal(s.one, last(s)); } })],
  ['revealed before an earlier one', 'log sequence', () => small({}, { source: 'none', embargo: 0, after: async (s) => {
    const a = await another(s, '2023-09-01T00:00:00Z', {}, 'open'); s.void(a, later(a.entry.draw_time, -10), 'x');
    const b = await s.commit('a', '2023-09-01T01:00:00Z', '2023-09-01T02:00:00Z'); await s.draw(b, '2023-09-01T02:00:01Z'); s.reveal(b, '2023-09-01T02:00:02Z'); s.reveal(a, '2023-09-01T02:00:02Z');
  } })],
  ['revealed before a draw that it looks at', 'log sequence', () => looked((s, a, b) => { s.reveal(b, '2023-09-20T00:00:00Z'); s.reveal(a, '2023-09-20T00:00:00Z'); })],
  ['a void with a record', 'log sequence', () => bare(async (s) => {
    s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW); s.void(a, later(T, 60)); s.on = { reveal: (e) => { e.record = H('x'); } }; s.reveal(a, later(DRAW, 5));
  })],
  ['an amendment in the log before the reveal', 'log sequence', () => bare(async (s) => {
    s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW); await s.draw(a, later(DRAW, 1)); s.append({ amendment: 1, n: 1, sha256: H('x'), time: later(DRAW, 2), type: 'amend' });
  })],
  ['an amendment of a void', 'log sequence', () => bare(async (s) => {
    s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW); s.void(a, later(T, 60)); s.append({ amendment: 1, n: 1, sha256: H('x'), time: later(T, 61), type: 'amend' });
  })],
  ['an amendment number left out', 'log sequence', () => hidden({ amend: (e) => { if (e.amendment === 2) e.amendment = 3; } })],
  ['an amendment that does not follow its reveal', 'log sequence', () => hidden({ amend: (e, s) => { if (e.amendment === 2) s.append({ open: [], root: H('x'), time: e.time, type: 'archive' }); } })],
  ['a draw that an archive entry leaves out', 'log sequence', () => hidden({ archive: (e) => { e.open = []; } })],
  ['a draw that an archive entry counts after its reveal', 'log sequence', () => hidden({}, (s) => { s.append({ open: [{ amended: H('x'), n: 1 }], root: H('x'), time: last(s), type: 'archive' }); })],
  ['an outcome overdue', 'log sequence', () => standard(), { at: seconds('2023-10-03T01:00:01Z') }],
  ['a reveal overdue', 'log sequence', () => unrevealed(), { at: seconds('2023-08-26T01:00:01Z') }],
  ['a reveal overdue by the witnesses\' time', 'log sequence', () => unrevealed({ checkpoint: only('checkpoint', (plan, s) => { plan.cosigned = s.witnesses.slice(0, 2).map((key) => [key, seconds('2023-08-26T01:00:01Z')]); }) })],
  ['a reveal overdue by the time of those at its commit', 'log sequence', () => unrevealed({ checkpoint: only('checkpoint', (plan) => { plan.cosigned = [1, 2].map((i) => [makeKey(`w${i}.example.org`, 4), seconds('2023-08-26T01:00:01Z')]); }) },
    (s) => { s.policy([makeKey('mine.example.org', 4)], last(s)); })],
  // order
  ['times that run back', 'log order', () => small({}, { after: async (s) => { s.policy(s.witnesses, '2023-08-01T00:00:00Z'); } })],
  ['drawn before its time', 'log order', () => small({ draw: (e) => { e.time = '2023-08-23T15:59:21Z'; } })],
  ['committed after its draw time', 'log order', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', DRAW, T, { date: '2023-08-23' }); await s.draw(a, DRAW); s.reveal(a, DRAW); })],
  ['revealed before its time', 'log order', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 5); const a = await s.commit('a', T, DRAW); await s.draw(a, DRAW); s.reveal(a, later(DRAW, 5 * 86400 - 1)); })],
  ['a void revealed before its draw time', 'log order', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 5); const a = await s.commit('a', T, DRAW); s.void(a, later(T, 10)); s.reveal(a, later(DRAW, -1)); })],
  ['a reveal before its outcome', 'log order', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW); s.reveal(a, DRAW); s.void(a, DRAW); })],
  ['an embargo cut short', 'log order', () => small(commit((e) => { e.reveal_time = later(e.reveal_time, -86400); }), { embargo: 5 })],
  ['a reveal time before that of a draw that it looks at', 'log order', () => looked(() => {}, { commit: of(2, (e) => { e.reveal_time = later(e.draw_time, 0); }) })],
  ['a reveal time before that of the cycle\'s draw before', 'log order', () => looked(async (s) => { await s.commit('b', '2023-08-24T02:00:00Z', '2023-08-24T03:00:00Z'); }, { commit: of(3, (e) => { e.reveal_time = e.draw_time; }) })],
  ['a date two days off', 'log order', () => small({}, { more: { date: '2023-08-25' } })],
  // checkpoints
  ['a commit checkpoint without the commit', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/commit.checkpoint', (plan) => { plan.size -= 1; }) })],
  ['an outcome checkpoint without the outcome', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/outcome.checkpoint', (plan) => { plan.size -= 1; }) })],
  ['a commit checkpoint of another tree', 'draw 1 checkpoints', async () => {
    const other = await small({}, { more: { slots: ['2023-08-24T10:00'], away: [] } });
    return small({ files: (files) => { files.set('draws/0001/commit.checkpoint', other.files.get('draws/0001/commit.checkpoint')); } });
  }],
  ['a commit checkpoint of another origin', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/commit.checkpoint', (plan) => { plan.origin = 'other.example.org'; }) })],
  ['an outcome checkpoint that nobody signed', 'draw 1 checkpoints', () => small({ files: (files) => { text(files, 'draws/0001/outcome.checkpoint', (each) => each.replace(/\u2014 log.*\n/, '')); } })],
  ['no commit checkpoint', 'draw 1 checkpoints', () => small({ files: (files) => { files.delete('draws/0001/commit.checkpoint'); } })],
  ['a false cosignature of the commitment', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/commit.checkpoint', falsely) })],
  ['a false cosignature of the outcome', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/outcome.checkpoint', falsely) })],
  ['a false cosignature beside a true one', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/outcome.checkpoint', (plan, s) => falsely({ ...plan, cosigned: plan.cosigned }, s, true)) })],
  ['a false cosignature of an archive entry', 'log checkpoints', () => small({ checkpoint: only('archive/0002.checkpoint', falsely) })],
  ['a false cosignature of the main checkpoint', 'log checkpoints', () => small({ checkpoint: only('checkpoint', falsely) })],
  ['an archive checkpoint without its entry', 'log checkpoints', () => small({ checkpoint: only('archive/0002.checkpoint', (plan) => { plan.size -= 1; }) })],
  ['a cosignature at 2^53', 'log checkpoints', () => small({ checkpoint: only('checkpoint', (plan) => { plan.cosigned[0][1] = 2n ** 53n; }) })],
  ['a cosignature at 2^64 - 1', 'log checkpoints', () => small({ checkpoint: only('checkpoint', (plan) => { plan.cosigned[0][1] = 2n ** 64n - 1n; }) })],
  ['a cosignature of the commitment at 2^64 - 1', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/commit.checkpoint', (plan) => { plan.cosigned[0][1] = 2n ** 64n - 1n; }) })],
  ['101 lines on a commit checkpoint', 'draw 1 checkpoints', () => small({ checkpoint: only('draws/0001/commit.checkpoint', (plan) => { plan.lines = lines(97); }) })],
  ['a reveal parted from its amendments', 'log checkpoints', () => hidden({ amend: (e, s) => { if (e.amendment === 2) s.files.set('archive/0002.checkpoint', s.note(s.text(s.entries.length), {})); } })],
  // files
  ['another commit.json', 'draw 1 files', () => small({ files: (files) => { text(files, 'draws/0001/commit.json', (each) => `${each}\n`); } })],
  ['a roster that is missing', 'draw 1 files', () => small({ files: (files) => { files.delete('draws/0001/away.csv'); } })],
  ['a record that is missing', 'draw 1 files', () => small({ files: (files) => { files.delete('draws/0001/record.json'); } })],
  ['a roster with another byte', 'draw 1 files', () => small({ files: (files) => { text(files, 'draws/0001/targets.csv', (each) => each.replace('east', 'west')); } })],
  ['another number of rows', 'draw 1 files', () => small(commit((e) => { e.files['targets.csv'].rows += 1; }))],
  ['another root', 'draw 1 files', () => small(commit((e) => { e.files['inspectors.csv'].root = H('x'); }))],
  ['another number of rows in sealed.json', 'draw 1 files', () => small(sealedUp((e) => { e.conflicts.rows += 1; }))],
  ['a record in a sealed draw', 'draw 8 files', () => standard({ files: (files) => { files.set('draws/0008/record.json', '{}'); } })],
  ['an outcome checkpoint without an outcome', 'draw 8 files', () => standard({ files: (files) => { files.set('draws/0008/outcome.checkpoint', files.get('checkpoint')); } })],
  ['a record of a void', 'draw 5 files', () => standard({ files: (files) => { files.set('draws/0005/record.json', files.get('draws/0004/record.json')); } })],
  ['an amendment that no entry tells of', 'draw 1 files', () => small({ files: (files) => { files.set('draws/0001/amend-01.json', '{}'); } })],
  ['an amendment 00', 'draw 1 files', () => small({ files: (files) => { files.set('draws/0001/amend-00.json', '{}'); } })],
  ['a folder of no draw', 'log files', () => small({ files: (files) => { files.set('draws/0002/commit.json', files.get('draws/0001/commit.json')); } })],
  ['a folder of draw 0', 'log files', () => small({ files: (files) => { files.set('draws/0000/x', 'x'); } })],
  ['a checkpoint of no archive entry', 'log files', () => small({ files: (files) => { files.set('archive/0001.checkpoint', files.get('checkpoint')); } })],
  ['a checkpoint of an archive entry to come', 'log files', () => small({ files: (files) => { files.set('archive/9999.checkpoint', files.get('checkpoint')); } })],
  ['a malformed inspectors.csv', 'draw 1 files', () => spoilt('inspectors.csv', (each) => each.replace('\nI01,', '\nI01;'))],
  ['an inspectors.csv of one line', 'draw 1 files', () => spoilt('inspectors.csv', () => '\n')],
  ['a BOM', 'draw 1 files', () => spoilt('targets.csv', (each) => `\ufeff${each}`)],
  ['CRLF', 'draw 1 files', () => spoilt('targets.csv', (each) => each.replaceAll('\n', '\r\n'))],
  ['no last line feed', 'draw 1 files', () => spoilt('targets.csv', (each) => each.trimEnd())],
  ['lines that do not ascend', 'draw 1 files', () => spoilt('targets.csv', (each) => each.replace(/\n(T00.*)\n(T01.*)\n/, '\n$2\n$1\n'))],
  ['columns of version 1', 'draw 1 files', () => spoilt('targets.csv', (each) => each.replace(',needs', ''))],
  ['one id twice', 'draw 1 files', () => voided(cell('T01', 'id', 'T00'))],
  ['an id of 33 characters', 'draw 1 files', () => voided(cell('T01', 'id', 'x'.repeat(33)))],
  ['a weight of 101', 'draw 1 files', () => voided(cell('T01', 'weight', '101'))],
  ['a weight of 01', 'draw 1 files', () => voided(cell('T01', 'weight', '01'))],
  ['a level of 1000', 'draw 1 files', () => voided(cell('T01', 'level', '1000'))],
  ['a need that is any', 'draw 1 files', () => voided(cell('T01', 'needs', 'any'))],
  ['a need that is no tag', 'draw 1 files', () => voided(cell('T01', 'needs', 'fire;lead'))],
  ['a no-break space in a unit', 'draw 1 files', () => voided(cell('T01', 'unit', 'a\u00a0b'))],
  ['a target of the future', 'draw 1 files', () => voided(cell('T01', 'since', '2024-01-01'))],
  ['a since that is not 1 January', 'draw 1 files', () => voided(cell('T01', 'since', '2020-01-02'))],
  ['an elsewhere that is no date', 'draw 1 files', () => voided(cell('T01', 'elsewhere', '2023-02-30'))],
  ['a drum of its own', 'draw 1 files', () => voided(cell('T01', 'drum', 'out'))],
  ['a private digest cut short', 'draw 1 files', () => voided(cell('T01', 'private', 'ab'))],
  ['a tag own', 'draw 1 files', () => voided(person('I01', 'tags', 'own'))],
  ['tags that do not ascend', 'draw 1 files', () => voided(person('I00', 'tags', 'lead;fire'))],
  ['an inspector who rests', 'draw 1 files', () => voided(person('I01', 'drum', 'rest'))],
  ['a conflict of a unit that nobody has', 'draw 1 files', () => voided(planned({ conflicts: ['I00,unit,nowhere,declared'] }))],
  ['a conflict of an empty unit', 'draw 1 files', () => voided(planned({ conflicts: ['I00,unit,,declared'] }))],
  ['a conflict of nobody', 'draw 1 files', () => voided(planned({ conflicts: ['I99,unit,north,declared'] }))],
  ['a rotation of a unit', 'draw 1 files', () => voided(planned({ conflicts: ['I00,unit,north,rotation'] }))],
  ['away on a day without a slot', 'draw 1 files', () => voided(planned({ away: ['I00,2023-08-23'] }))],
  ['nobody away', 'draw 1 files', () => voided(planned({ away: ['I99,2023-08-24'] }))],
  ['slots that do not ascend', 'draw 1 files', () => small(sealedUp((e) => { e.slots = [...e.slots].reverse(); }))],
  ['no slot', 'draw 1 files', () => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); const a = await s.commit('a', T, DRAW, { away: [] }); s.void(a, T); s.reveal(a, DRAW); }, sealedUp((e) => { e.slots = []; }))],
  ['2001 slots', 'draw 1 files', () => voided(sealedUp((e) => { e.slots = minutes(2001); }))],
  ['more matters than there are', 'draw 1 files', () => small(sealedUp((e) => { e.matters.take = 4; }))],
  ['more places than a million', 'draw 1 files', () => voided(sealedUp((e) => { e.strata = e.strata.map((each) => ({ ...each, take: 400000 })); }))],
  ['sealed.json with a key too many', 'draw 1 files', () => small(sealedUp((e) => { e.dates = []; }))],
  // drum, strata
  ['in, where it is due', 'draw 1 drum', () => voided(cell('T00', 'drum', 'in'))],
  ['resting without a cause', 'draw 1 drum', () => voided(cell('T00', 'drum', 'rest'))],
  ['drawn elsewhere, and in', 'draw 1 drum', () => voided(cell('T00', 'elsewhere', '2023-08-01'))],
  ['carried, though drawn elsewhere', 'draw 1 drum', () => small({ tables: of(1, ({ targets }) => { Object.assign(targets[0], { elsewhere: '2023-08-01', drum: 'carried' }); }) })],
  ['an inspector away who is not', 'draw 1 drum', () => voided(person('I01', 'drum', 'away'))],
  ['an inspector in who is away', 'draw 1 drum', () => small({ tables: of(1, ({ inspectors }) => { inspectors.find(({ id }) => id === 'I01').drum = 'in'; }) }, { more: { away: ['2023-08-24', '2023-08-25', '2023-08-28'].map((date) => `I01,${date}`) } })],
  ['a drum that is too large', 'draw 1 strata', () => small(sealedUp((e) => { e.strata[0].drum += 1; }))],
  ['too few slips', 'draw 1 strata', () => small(sealedUp((e) => { e.strata[1].slips -= 1; }))],
  ['too many taken', 'draw 1 strata', () => small(sealedUp((e) => { e.strata[1].take += 1; }))],
  ['classes that are not those of the commitment', 'draw 1 strata', () => voided(sealedUp((e) => { e.strata[0].class = '9'; }))],
  ['a target without a stratum', 'draw 1 strata', () => voided(commit((e) => { e.strata = e.strata.slice(0, 2); }))],
  ['a target of class *', 'draw 1 strata', () => voided(cell('T00', 'class', '*'))],
  // history
  ['last drawn left out', 'draw 2 history', () => two(null, { tables: of(2, ({ targets }) => { const it = targets.find(({ last: when }) => when); Object.assign(it, { last: '', drum: it.drum === 'rest' ? 'due' : it.drum }); if (it.since.startsWith('2023')) it.drum = 'in'; }) })],
  ['last drawn where it never was', 'draw 1 history', () => small({ tables: of(1, ({ targets }) => { Object.assign(targets[0], { last: '2021-08-01' }); }) })],
  ['elsewhere left out', 'draw 2 history', () => standard({ tables: of(2, ({ targets }) => { const it = targets.find(({ elsewhere }) => elsewhere); it.elsewhere = ''; it.drum = dueOrIn(it, '2023-08-25'); }) })],
  ['elsewhere with another date', 'draw 2 history', () => standard({ tables: of(2, ({ targets }) => { targets.find(({ elsewhere }) => elsewhere).elsewhere = '2023-08-22'; }) })],
  ['elsewhere by amendments after the commit', 'draw 2 history', () => standard({ tables: of(2, ({ targets }) => { const it = targets.find(({ elsewhere, drum }) => !elsewhere && drum !== 'excused'); Object.assign(it, { elsewhere: '2023-08-23', drum: 'rest' }); }) })],
  ['a visit that is owed forgotten', 'draw 2 history', () => two(null, { tables: of(2, ({ targets }) => { const it = targets.find(({ drum }) => drum === 'carried'); it.drum = dueOrIn(it, '2023-09-30'); }) })],
  ['a visit carried that nobody owes', 'draw 1 history', () => voided(cell('T00', 'drum', 'carried'))],
  ['a since that changed', 'draw 2 history', () => two(null, { tables: of(2, ({ targets }) => { targets.find(({ id }) => id === 'T04').since = '2021-01-01'; }) })],
  ['a rotation row left out', 'draw 2 history', () => two(null, { tables: of(2, (tables) => { const i = tables.conflicts.findIndex((line) => line.endsWith('rotation')); tables.conflicts.splice(i, 1); }) })],
  ['a rotation row without a cause', 'draw 1 history', () => small({ tables: of(1, (tables) => { tables.conflicts.push('I01,target,T02,rotation'); }) })],
  ['changes that are not told', 'draw 2 history', () => two(null, { commit: of(2, (e) => { e.changes.targets.changed += 1; }) })],
  ['declared conflicts that are not told', 'draw 1 history', () => small(commit((e) => { e.changes.conflicts.added = 0; }))],
  ['a change against another commitment', 'draw 1 history', () => small(commit((e) => { e.changes.previous = 1; }))],
  ['the same while it is sealed', 'draw 8 history', () => standard({ commit: of(8, (e) => { e.changes.previous = 7; }) })],
  ['more excused than told', 'draw 1 history', () => small(commit((e) => { e.excused.targets = 0; }))],
  // chain, beacon
  ['a secret of its own', 'draw 1 chain', () => small({ reveal: (e) => { e.secret = H('x'); } })],
  ['the secret of the next link', 'draw 1 chain', () => small({ reveal: (e, s) => { e.secret = s.cycles.get('a').secrets[2]; } })],
  ['nineteen digits', 'draw 1 beacon', () => small(commit((e) => { e.beacon = { ...e.beacon, count: 19 }; }), { source: 'public' })],
  ['a value with a letter', 'draw 1 beacon', () => small({ draw: (e) => { e.beacon = e.beacon.replace('3', 'x'); } }, { source: 'public' })],
  ['a value that is too long', 'draw 1 beacon', () => small({ draw: (e) => { e.beacon += '0'; } }, { source: 'public' })],
  ['a signature of dice', 'draw 1 beacon', () => small({ draw: (e) => { e.signature = ROUND_1000; } }, { source: 'public' })],
  ['a value of no beacon', 'draw 1 beacon', () => small({ draw: (e) => { e.beacon = 'x'; } })],
  ['a round of its own', 'draw 1 beacon', () => small(commit((e) => { e.beacon = { ...e.beacon, round: 1001 }; }), { source: 'drand' })],
  ['the signature of another round', 'draw 1 beacon', () => small({ draw: (e) => { e.signature = '95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a'; e.beacon = H(Buffer.from(e.signature, 'hex')); } }, { source: 'drand' })],
  ['a value that is not the signature\'s', 'draw 1 beacon', () => small({ draw: (e) => { e.beacon = H('x'); } }, { source: 'drand' })],
  ['drand without a signature', 'draw 1 beacon', () => small({ draw: (e) => { delete e.signature; } }, { source: 'drand' })],
  ['a witness\'s signature under drand', 'draw 1 beacon', () => small({ draw: (e) => { e.signature += '0'.repeat(32); } }, { source: 'drand' })],
  ['a beacon of no witness in force', 'draw 1 beacon', () => small(commit((e) => { e.beacon = { ...e.beacon, key: makeKey('w9.example.org', 4).text }; }), { source: 'witness' })],
  ['a witness\'s signature over something else', 'draw 1 beacon', () => small({ draw: (e, s) => { e.signature = s.witnesses[0].sign('x').toString('hex'); e.beacon = H(Buffer.from(e.signature, 'hex')); } }, { source: 'witness' })],
  ['a beacon\'s witness who cosigned late', 'draw 1 beacon', () => small({ checkpoint: only('draws/0001/commit.checkpoint', (plan) => { plan.cosigned[0][1] = seconds('2023-08-23T15:59:22Z') - 599; }) }, { source: 'witness' })],
  ['a late void without the value', 'draw 1 beacon', () => late()],
  ['a late void of drand that blames the beacon', 'draw 1 beacon', () => late('drand', { reason: 'beacon was down' })],
  ['a void whose value comes twice', 'draw 1 beacon', () => late('witness', { value: true, later: true })],
  ['a void with a false value', 'draw 1 beacon', () => late('witness', { value: true, on: { void: (e) => { e.beacon = H('x'); } } })],
  ['a void of no beacon with a value', 'draw 1 beacon', () => late('none', { on: { void: (e) => { e.beacon = ''; } } })],
  ['a public void whose reveal has the value', 'log tree', () => late('public', { later: true })],
  ['a public void with half a throw', 'draw 1 beacon', () => late('public', { on: { void: (e) => { e.beacon = '123'; } } })],
  ['a reveal of a draw with a value', 'draw 1 beacon', () => small({ reveal: (e) => { e.beacon = ''; e.signature = '00'.repeat(64); } })],
  ['a reveal with a value and no signature', 'log tree', () => small({ reveal: (e) => { e.beacon = ''; } })],
  // what follows from the seed
  ['a seed of its own', 'draw 1 seed', () => small({ record: (r) => { r.seed = H('x'); } })],
  ['a target that was not drawn', 'draw 1 selection', () => small({ record: (r) => { const [t] = r.reserve; r.selected[0].id = t.id; } })],
  ['another ticket', 'draw 1 selection', () => small({ record: (r) => { r.selected[0].ticket = H('a').replace(/^./, '0'); } })],
  ['one chosen left out', 'draw 1 selection', () => small({ record: (r) => { r.selected.pop(); } })],
  ['a reserve in another order', 'draw 1 selection', () => small({ record: (r) => { r.reserve.reverse(); } })],
  ['an inspector too many', 'draw 1 inspectors', () => small({ record: (r) => { r.inspectors.push({ ...r.inspectors[0], id: 'I99' }); } })],
  ['a seat for somebody else', 'draw 1 teams', () => small({ record: (r) => { r.selected[0].team.reverse(); } })],
  ['loads that are not', 'draw 1 teams', () => small({ record: (r) => { r.inspectors[0].load += 1; } })],
  ['a limit of its own', 'draw 1 teams', () => small({ record: (r) => { r.load.limit += 1; } })],
  ['somebody unstaffed who has a team', 'draw 1 teams', () => small({ record: (r, _, { result }) => { const { id } = r.selected.pop(); r.unstaffed = result.chosen.map(({ row: each }) => each.id).filter((each) => each === id || r.unstaffed.includes(each)); } })],
  ['a visit at another slot', 'draw 1 visits', () => small({ record: (r) => { r.selected[0].visit = r.selected[0].visit.endsWith('09:00') ? r.selected[0].visit.replace('09:00', '14:00') : r.selected[0].visit.replace('14:00', '09:00'); } })],
  ['matters in another order', 'draw 1 matters', () => small({ record: (r) => { r.matters.reverse(); } })],
  ['a record that is not canonical', 'draw 1 record', () => small({ record: (r) => JSON.stringify(r) + ' ' })],
  ['a record of version 1', 'draw 1 record', () => small({ record: (r) => { r.v = 1; } })],
  ['a record with another value', 'draw 1 record', () => small({ record: (r) => { r.beacon = 'x'; } })],
  ['a record that the log does not name', 'draw 1 record', () => small({ draw: (e) => { e.record = H('x'); } })],
  ['a record that the reveal does not name', 'draw 1 record', () => small({ reveal: (e) => { e.record = H('x'); } })],
  ['a reveal without the record', 'draw 1 record', () => small({ reveal: (e) => { e.record = ''; } })],
  ['places that are not those of the record', 'draw 1 record', () => small({ draw: (e) => { e.places = H('x'); } })],
  // amendments
  ['an amendment that prefers somebody', 'draw 1 amendments', () => hidden({ amendment: (a) => { if (a.type === 'seat') a.in = 'I06' === a.in ? 'I08' : 'I06'; } })],
  ['an amendment that leaves a seat empty', 'draw 1 amendments', () => hidden({ amendment: (a) => { if (a.type === 'seat') a.in = ''; } })],
  ['an amendment of somebody who is not there', 'draw 1 amendments', () => hidden({ amendment: (a) => { a.out = 'I99'; } })],
  ['an amendment of no place', 'draw 1 amendments', () => hidden({ amendment: (a) => { a.place = 99; } })],
  ['an amendment of no seat', 'draw 1 amendments', () => hidden({ amendment: (a) => { if (a.type === 'seat') a.seat = 7; } })],
  ['an amendment with another reason', 'draw 1 amendments', () => hidden({ amendment: (a) => { a.reason = 'whim'; } })],
  ['a reserve that is passed over', 'draw 1 amendments', () => hidden({ amendment: (a) => { if (a.type === 'target') a.in = ''; } })],
  ['an amendment that the log does not name', 'draw 1 amendments', () => hidden({ amend: (e) => { e.sha256 = H('x'); } })],
  ['an amendment with another nonce in the file', 'draw 1 amendments', () => hidden({ files: (files) => { text(files, 'draws/0001/amend-01.json', (each) => each.replace(/"nonce":"./, (m) => m.slice(0, -1) + (m.endsWith('0') ? '1' : '0'))); } })],
  ['an archive entry that counts nothing', 'draw 1 amendments', () => hidden({ archive: (e, s) => { for (const each of e.open) each.amended = H(`${s.one.secret}amended/${s.entries.length}/`); } })],
  ['an archive entry that counts chance', 'draw 1 amendments', () => hidden({ archive: (e) => { for (const each of e.open) each.amended = H('x'); } })],
  ['amendments that were counted and are left out', 'draw 1 amendments', () => hidden({ entry: (e, scene) => { if (e.type === 'reveal') scene.one.amendments = []; } })],
  ['an amendment that was not counted put in', 'draw 1 amendments', () => hidden({ entry: (e, scene) => { if (e.type === 'reveal') { scene.amend({ ...scene.one, revealed: false }, { place: 0, seat: 0 }); scene.one.amendments.at(-1).archive = 6; } } })],
  ['an amendment dated back', 'draw 1 amendments', () => hidden({ amend: (e) => { if (e.amendment === 2) e.archive = 5; } })],
  ['an amendment at an entry that is no archive entry', 'draw 1 amendments', () => hidden({ amend: (e) => { if (e.amendment === 1) e.archive = 3; } })],
  ['an amendment after the next commitment', 'draw 1 amendments', () => small({}, { after: async (s) => { await another(s, '2023-09-30T00:00:00Z', {}); s.amend(s.one, { place: 0, seat: 0, time: last(s) }); } })],
  ['an amendment of an empty place', 'draw 1 amendments', () => small({}, { more: { rules: { reserve: 0 } }, after: async (s) => { s.amend(s.one, { place: 0, time: last(s) }); s.on = { amendment: (a) => { a.out = 'T00'; } }; s.one.places.places[0].target = 'T00'; s.amend(s.one, { place: 0, time: last(s) }); } })],
  ['a third hand in a seat', 'draw 1 amendments', () => small({}, { after: async (s) => { for (let i = 0; i < 3; i++) { s.on = i < 2 ? {} : { amendment: (a) => { a.in = s.one.places.seatSuccessor(0, 1) || 'I00'; } }; s.amend(s.one, { place: 0, seat: 1, time: last(s) }); } } })],
];

function of_(n, change) { return { commit: of(n, change) }; }
const minutes = (count) => Array.from({ length: count }, (_, i) => `2023-08-${24 + Math.floor(i / 1440)}T${String(Math.floor(i / 60) % 24).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`);
const dueOrIn = ({ since, last: when }, date) => (Date.parse(date) - Date.parse(when || since) >= 365 * 86400000 ? 'due' : 'in');
const planned = (change) => ({ plan: of(1, (plan) => { Object.assign(plan, change); }) });

/** A table that is spoilt, and committed as it is. */
function spoilt(name, change) {
  return voided({ texts: (texts) => { texts[name] = change(texts[name]); } });
}

test(`${CHEATS.length} cheats`, async (t) => {
  for (const [name, expected, make, options] of CHEATS) {
    await t.test(name, async () => {
      const report = await checkFiles((await make()).publish(), options);
      const { first } = report;
      const where = first ? `${first.n ? `draw ${first.n}` : 'log'} ${first.check.name}` : 'YES';
      assert.equal(where, expected, firstFailure(report));
      assert.equal(report.verdict, 'failed');
    });
  }
});
