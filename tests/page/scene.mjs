// A published directory of any shape, with keys of its own: for what the example does not hold, and for cheats that are signed anew.
// `on` names what a cheat changes while it is written; all that comes after follows from the changed value.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { Places } from '../../daemon/site/src/protocol/amendments.js';
import { writeCanonical } from '../../daemon/site/src/protocol/json.js';
import { readAway, readConflicts, readInspectors, readTargets } from '../../daemon/site/src/protocol/rosters.js';
import { Tree, leafHash } from '../../daemon/site/src/protocol/merkle.js';
import { compute, placeLine } from '../../daemon/site/src/protocol/record.js';
import { utf8 } from '../../daemon/site/src/protocol/bytes.js';

const sha = (data) => createHash('sha256').update(data).digest();
export const H = (data) => sha(data).toString('hex');
const base64 = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64');
export const seconds = (time) => Date.parse(time) / 1000;
export const timeOf = (at) => new Date(at * 1000).toISOString().replace('.000Z', 'Z');
export const later = (time, more) => timeOf(seconds(time) + more);
const be64 = (number) => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64BE(BigInt(number)); return bytes; };
const dayOf = (date) => Date.parse(date) / 86400000;

/** A key pair whose secret is the hash of a name: type 1 of a log, 4 of a witness. */
export function makeKey(name, type, secret = name) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha(`key ${secret}`)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const pk = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = sha(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), pk])).subarray(0, 4);
  return { name, id, pk, text: `${name}+${id.toString('hex')}+${base64([type], pk)}`, sign: (message) => sign(null, Buffer.from(message), key) };
}

export const PRIVATE = 'id,nonce,name';
/** A row of the private file, with its header. */
export const privateLine = (n, id) => `${PRIVATE}\n${id},${H(`${n} ${id}`).slice(0, 32)},Post ${id}`;

/** The audit path of a leaf (RFC 6962 2.1.1, as it stands there). */
export function auditPath(leaves, index) {
  if (leaves.length === 1) return [];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half ? [...auditPath(left, index), ROOT_HASH(right)] : [...auditPath(right, index - half), ROOT_HASH(left)];
}

export const ROOT_HASH = (leaves) => {
  const tree = new Tree();
  for (const leaf of leaves) tree.add(leafHash(utf8(leaf)));
  return Buffer.from(tree.root()).toString('hex');
};

export const RULES = {
  avoid: ['unit'], cover_days: 365, inspectors: 6, level_gap: 0, max_load: 4, quiet_days: 0, reserve: 3, rest_days: 90, rotate: 2,
  same_unit: true, slack: 1, spacing: 180, team: ['lead', 'any'], timezone: 'Asia/Shanghai',
};
const UNITS = ['财政局', 'Unit B', '民政局', '', 'north'];

/** Rosters that are the same each time. */
export function rosters() {
  const targets = Array.from({ length: 24 }, (_, i) => ({
    id: `T${String(i).padStart(2, '0')}`, class: 'ABC'[i % 3], unit: UNITS[i % 5], area: i % 2 ? 'east' : 'west', level: String(1 + (i % 3)),
    needs: i % 4 ? '' : 'fire', weight: String(1 + (i % 5)), since: `${2020 + (i % 4)}-01-01`,
  }));
  const inspectors = Array.from({ length: 12 }, (_, i) => ({
    id: `I${String(i).padStart(2, '0')}`, unit: `u${i % 6}`, area: i % 2 ? 'south' : '', level: String(3 + (i % 3)),
    tags: i % 2 ? 'lead' : i % 3 ? 'fire' : 'fire;lead',
  }));
  return { targets, inspectors };
}

const csv = (header, lines) => `${[header, ...lines].join('\n')}\n`;
const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export class Scene {
  /** @param {object} on functions by what they change: they are told (value, scene, context) and change it, or give another */
  constructor(on = {}) {
    this.on = on;
    this.origin = 'log.example.org';
    this.key = makeKey(this.origin, 1);
    this.witnesses = [1, 2, 3].map((i) => makeKey(`w${i}.example.org`, 4));
    this.entries = [];      // texts
    this.types = [];
    this.files = new Map();
    this.cycles = new Map();
    this.draws = [];
    this.tree = new Tree();
  }

  hook(name, value, context = {}) {
    const changed = this.on[name]?.(value, this, context);
    return changed === undefined ? value : changed;
  }

  append(entry) {
    const index = this.entries.length;
    const changed = this.hook('entry', this.hook(entry.type, { v: 2, ...entry }, { index }), { index });
    const text = typeof changed === 'string' ? changed : writeCanonical(changed);
    this.entries.push(text);
    this.types.push(entry.type);
    this.tree.add(leafHash(utf8(text)));
    this.last = changed;
    return index;
  }

  // --- Notes

  note(text, { cosigned = [], lines = [] }) {
    const log = `\u2014 ${this.key.name} ${base64(this.key.id, this.key.sign(text))}\n`;
    return `${text}\n${log}${cosigned.map(([key, time]) => this.cosignature(key, time, text)).join('')}${lines.join('')}`;
  }

  cosignature(key, time, text) {
    const signature = key.sign(`cosignature/v1\ntime ${time}\n${text}`);
    return `\u2014 ${key.name} ${base64(key.id, be64(time), signature)}\n`;
  }

  text(size, origin = this.origin) {
    return `${origin}\n${size}\n${Buffer.from(this.tree.root(size)).toString('base64')}\n`;
  }

  /** A checkpoint over all entries so far, cosigned by everybody at `at`. */
  checkpoint(path, at) {
    const size = this.entries.length;
    const plan = this.hook('checkpoint', { size, origin: this.origin, cosigned: this.witnesses.map((key) => [key, at]), lines: [] }, { path, at });
    this.files.set(path, this.note(this.text(plan.size, plan.origin), plan));
  }

  // --- Entries

  genesis(time = '2023-08-01T00:00:00Z') {
    const witnesses = this.witnesses.map(({ text }) => text);
    return this.append({ key: this.key.text, operator: '示例区监督检查室', origin: this.origin, time, type: 'genesis', witnesses });
  }

  cycle(name, source, embargo, { chain = 1, length = 8, time = '2023-08-01T00:00:01Z', reason = '' } = {}) {
    const secrets = [H(`${name} ${chain}`)];
    for (let i = 0; i < length; i++) secrets.unshift(H(secrets[0]));
    const draws = this.cycles.get(name)?.draws ?? [];
    this.cycles.set(name, { name, source, embargo, chain, secrets, used: 0, draws });
    return this.append({ anchor: secrets[0], chain, cycle: name, embargo_days: embargo, length, reason, source, time, type: 'cycle' });
  }

  policy(keys, time, reason = 'a new list') {
    this.witnesses = keys;
    return this.append({ reason, time, type: 'policy', witnesses: keys.map(({ text }) => text) });
  }

  archive(time) {
    const index = this.entries.length;
    const open = this.draws.filter(({ drawn, revealed }) => drawn && !revealed).map((draw) => {
      for (const each of draw.amendments) each.archive ??= index;
      return { amended: H(`${draw.secret}amended/${index}/${draw.amendments.map(({ sha256 }) => sha256).join('/')}`), n: draw.n };
    });
    this.append({ open, root: H(`archive ${index}`), time, type: 'archive' });
    this.checkpoint(`archive/${String(index).padStart(4, '0')}.checkpoint`, seconds(time) + 3);
    return index;
  }

  /**
   * A commitment, and all that it fixes.
   * @param {string} name of the cycle
   */
  async commit(name, time, drawTime, more = {}) {
    const cycle = this.cycles.get(name);
    const n = this.draws.length + 1;
    const date = more.date ?? timeOf(seconds(drawTime) + 8 * 3600).slice(0, 10);
    const draw = { n, cycle, date, link: ++cycle.used, amendments: [], drawn: false, revealed: false, index: this.entries.length };
    draw.secret = cycle.secrets[draw.link];
    const rules = { ...RULES, ...more.rules };
    const strata = more.strata ?? [{ class: 'A', per_10000: 2500 }, { class: 'B', count: 2 }, { class: '*', per_10000: 2000 }];
    const slots = more.slots ?? [1, 2, 5].flatMap((d) => ['09:00', '14:00'].map((clock) => `${timeOf(dayOf(date) * 86400 + d * 86400).slice(0, 10)}T${clock}`));
    const fresh = rosters();
    const plan = this.hook('plan', {
      targets: fresh.targets, inspectors: fresh.inspectors, slots, rules, strata, date, excused: more.excused ?? { targets: ['T05'], inspectors: ['I11'] },
      conflicts: more.conflicts ?? ['I00,unit,Unit B,declared', 'I03,target,T01,declared'], away: more.away ?? [`I02,${slots[0].slice(0, 10)}`],
      matters: { from: ['duty', 'leave', 'office'], take: 2 },
    }, { n, draw });
    const tables = this.hook('tables', this.tablesOf(plan, cycle, draw), { n, draw, plan });
    draw.tables = tables;
    draw.plan = plan;
    const texts = this.hook('texts', {
      'targets.csv': csv('id,class,unit,area,level,needs,weight,since,last_drawn,elsewhere,drum,private', tables.targets.map((row) => Object.values(row).join(',')).sort(bytewise)),
      'inspectors.csv': csv('id,unit,area,level,tags,drum,private', tables.inspectors.map((row) => Object.values(row).join(',')).sort(bytewise)),
      'conflicts.csv': csv('inspector,scope,value,why', [...tables.conflicts].sort(bytewise)), 'away.csv': csv('inspector,date', [...plan.away].sort(bytewise)),
    }, { n, draw, plan });
    const rows = (file) => texts[file].split('\n').length - 2;
    const sealed = this.hook('sealed', {
      away: { rows: rows('away.csv'), sha256: H(texts['away.csv']) }, conflicts: { rows: rows('conflicts.csv'), sha256: H(texts['conflicts.csv']) },
      matters: plan.matters, nonce: H(`nonce ${n}`).slice(0, 32), slots: plan.slots, strata: strataOf(plan.strata, tables.targets), v: 2,
    }, { n, draw, plan });
    draw.sealed = typeof sealed === 'string' ? sealed : writeCanonical(sealed);
    draw.texts = texts;
    const file = (name_) => ({ root: ROOT_HASH(texts[name_].split('\n').slice(1, -1)), rows: rows(name_), sha256: H(texts[name_]) });
    const looked = this.lookedAt(plan, draw);
    const own = cycle.draws.filter(({ drawn }) => drawn);
    draw.reveal_time = timeOf(Math.max(seconds(drawTime) + cycle.embargo * 86400, ...[...own, ...looked].map((each) => seconds(each.reveal_time))));
    const entry = this.hook('commit', {
      beacon: more.beacon ?? BEACONS[cycle.source](drawTime, this), chain: cycle.chain, changes: this.changes(draw), cycle: name, date: plan.date,
      draw_time: drawTime, excused: { inspectors: plan.excused.inspectors.length, targets: plan.excused.targets.length },
      files: { 'inspectors.csv': file('inspectors.csv'), 'targets.csv': file('targets.csv') }, link: draw.link, n, origin: this.origin,
      reveal_time: draw.reveal_time, rules: plan.rules, sealed: H(draw.sealed), strata: plan.strata, time, type: 'commit', v: 2,
    }, { n, draw });
    draw.entry = entry;
    draw.bytes = typeof entry === 'string' ? entry : writeCanonical(entry);
    draw.index = this.entries.length;
    this.entries.push(draw.bytes);
    this.types.push('commit');
    this.tree.add(leafHash(utf8(draw.bytes)));
    this.draws.push(draw);
    cycle.draws.push(draw);
    const folder = `draws/${String(n).padStart(4, '0')}`;
    draw.folder = folder;
    this.files.set(`${folder}/commit.json`, draw.bytes);
    this.checkpoint(`${folder}/commit.checkpoint`, seconds(time) + 5);
    return draw;
  }

  lookedAt({ rules, date }, { cycle }) {
    return rules.quiet_days ? this.draws.filter((each) => each.drawn && each.cycle !== cycle && dayOf(date) - dayOf(each.date) < rules.quiet_days) : [];
  }

  /** The tables with what history says of each row. */
  tablesOf(plan, cycle, draw) {
    const own = cycle.draws.filter(({ drawn }) => drawn);
    const looked = this.lookedAt(plan, draw);
    const days = new Set(plan.slots.map((slot) => slot.slice(0, 10))).size;
    const targets = plan.targets.map((row) => {
      const lastOf = (list) => list.filter((each) => each.places.places.some(({ target }) => target === row.id)).map(({ date }) => date).sort().at(-1) ?? '';
      const last = own.filter((each) => each.places.places.some(({ target }) => target === row.id)).at(-1)?.date ?? '';
      const elsewhere = lastOf(looked);
      let owed = false;
      for (const each of own) {
        if (each.unstaffed.includes(row.id) || each.places.takenOut.has(row.id)) owed = true;
        if (each.places.places.some(({ target }) => target === row.id)) owed = false;
      }
      const d = dayOf(plan.date) - dayOf(last || row.since);
      const { rest_days: rest, cover_days: cover } = plan.rules;
      let drum = cover > 0 && d >= cover ? 'due' : 'in';
      if (last && rest > 0 && d < rest) drum = 'rest';
      if (owed) drum = 'carried';
      if (elsewhere) drum = 'rest';
      if (plan.excused.targets.includes(row.id)) drum = 'excused';
      const { id, class: stratum, unit, area, level, needs, weight, since } = row;
      return { id, class: stratum, unit, area, level, needs, weight, since, last, elsewhere, drum, private: H(privateLine(draw.n, id)) };
    });
    const inspectors = plan.inspectors.map((row) => {
      const away = plan.away.filter((line) => line.startsWith(`${row.id},`)).length === days;
      const drum = plan.excused.inspectors.includes(row.id) ? 'excused' : away ? 'away' : 'in';
      return { ...row, drum, private: H(privateLine(draw.n, row.id)) };
    });
    const rotation = own.slice(plan.rules.rotate ? -plan.rules.rotate : own.length).flatMap((each) => each.places.places.flatMap(({ target, team }) =>
      (target ? team.filter(Boolean).map((id) => `${id},target,${target},rotation`) : [])));
    return { targets, inspectors, conflicts: [...new Set([...plan.conflicts, ...rotation])] };
  }

  changes(draw) {
    const before = draw.cycle.draws.at(-1);
    const [now, old] = [draw.tables, before?.tables ?? { targets: [], inspectors: [], conflicts: [] }];
    const skipped = new Set(['last', 'elsewhere', 'drum', 'private']);
    const key = (row) => JSON.stringify(Object.entries(row).filter(([name]) => !skipped.has(name)));
    const compare = (what) => {
      const was = new Map(old[what].map((row) => [row.id, row]));
      const is = new Map(now[what].map((row) => [row.id, row]));
      return {
        added: [...is.keys()].filter((id) => !was.has(id)).length, removed: [...was.keys()].filter((id) => !is.has(id)).length,
        changed: [...is].filter(([id, row]) => was.has(id) && key(was.get(id)) !== key(row)).length,
      };
    };
    const declared = (list) => list.filter((line) => line.endsWith(',declared'));
    return {
      conflicts: { added: declared(now.conflicts).filter((line) => !old.conflicts.includes(line)).length, removed: declared(old.conflicts).filter((line) => !now.conflicts.includes(line)).length },
      inspectors: compare('inspectors'), previous: before?.n ?? 0, targets: compare('targets'),
    };
  }

  /** The value of a draw's beacon, with its signature. */
  value(draw, value) {
    const { source } = draw.cycle;
    if (source === 'none') return { beacon: '' };
    if (source === 'public') return { beacon: value ?? '31415926535897932384' };
    const signature = source === 'drand' ? ROUND_1000 : this.witnesses[0].sign(`spotcheck-beacon/v1\n${H(draw.bytes)}\n`).toString('hex');
    return { beacon: H(Buffer.from(signature, 'hex')), signature };
  }

  async draw(draw, time, value) {
    const given = this.value(draw, value);
    const idle = async () => {};
    const { texts, entry, plan } = draw;
    const table = async (read, name, ...more) => read(utf8(texts[name]), ...more, idle);
    const targets = await table(readTargets, 'targets.csv', plan.date);
    const inspectors = await table(readInspectors, 'inspectors.csv');
    const sealed = JSON.parse(draw.sealed);
    const files = {
      targets, inspectors, conflicts: await table(readConflicts, 'conflicts.csv', targets, inspectors),
      away: await table(readAway, 'away.csv', inspectors, sealed.slots), sealed,
    };
    const commit = Object.assign(Object.create(null), entry);
    Object.defineProperty(commit, 'hash', { value: H(draw.bytes) });
    const result = await compute(commit, files, draw.secret, given.beacon, idle);
    const record = this.hook('record', result.record, { n: draw.n, draw, result });
    draw.record = typeof record === 'string' ? record : writeCanonical(record);
    draw.lines = (record.selected ?? []).map((_, i) => placeLine(record, i));
    Object.assign(draw, { drawn: true, places: new Places(commit, files, result), unstaffed: result.record.unstaffed, result });
    this.append({ ...given, commit: H(draw.bytes), n: draw.n, places: ROOT_HASH(draw.lines), record: H(draw.record), time, type: 'draw' });
    this.checkpoint(`${draw.folder}/outcome.checkpoint`, seconds(time) + 6);
  }

  void(draw, time, reason = 'the rosters were out of date', value = {}) {
    draw.voided = true;
    this.append({ ...value, commit: H(draw.bytes), n: draw.n, reason, time, type: 'void' });
    this.checkpoint(`${draw.folder}/outcome.checkpoint`, seconds(time) + 6);
  }

  /** An amendment; what comes in follows from PROTOCOL 9 unless a cheat says otherwise. */
  amend(draw, { place, seat, reason, time }) {
    const { places } = draw;
    const now = places.places[place];
    const number = draw.amendments.length + 1;
    const common = { amendment: number, n: draw.n, nonce: H(`amend ${draw.n} ${number}`).slice(0, 32), place, v: 2 };
    const made = seat === undefined
      ? { ...common, in: places.targetSuccessor(now), out: now.target, reason: reason ?? 'closed', type: 'target' }
      : { ...common, in: now.changes[seat] >= 2 ? '' : places.seatSuccessor(place, seat), out: now.team[seat], reason: reason ?? 'recusal', seat, type: 'seat' };
    const honest = { ...made };
    const text = writeCanonical(this.hook('amendment', made, { n: draw.n, number, draw }));
    places.apply(honest, this.entries.length);
    const amendment = { number, text, sha256: H(text) };
    draw.amendments.push(amendment);
    if (draw.revealed) {
      this.append({ amendment: number, n: draw.n, sha256: amendment.sha256, time, type: 'amend' });
      amendment.told = true;
    }
  }

  reveal(draw, time, value = {}) {
    draw.revealed = true;
    this.append({ ...value, n: draw.n, record: draw.drawn ? H(draw.record) : '', secret: draw.secret, time, type: 'reveal' });
    for (const each of draw.amendments) {
      this.append({ amendment: each.number, archive: each.archive, n: draw.n, sha256: each.sha256, time, type: 'amend' });
    }
  }

  /** Everything as it is published now. @returns {Map<string, Uint8Array>} */
  publish(at) {
    for (const draw of this.draws.filter(({ revealed }) => revealed)) {
      for (const [name, text] of Object.entries(draw.texts)) this.files.set(`${draw.folder}/${name}`, text);
      this.files.set(`${draw.folder}/sealed.json`, draw.sealed);
      if (draw.drawn) this.files.set(`${draw.folder}/record.json`, draw.record);
      for (const { number, text } of draw.amendments) this.files.set(`${draw.folder}/amend-${String(number).padStart(2, '0')}.json`, text);
    }
    this.hook('publish', this.files);
    this.checkpoint('checkpoint', at ?? seconds(JSON.parse(this.entries.at(-1)).time) + 7);
    this.files.set('vkey', `${this.key.text}\n`);
    const size = this.entries.length;
    const width = size % 256;
    if (size > 256) throw new Error('a scene has one tile');
    const bundle = Buffer.concat(this.entries.map((text) => { const b = Buffer.from(text); const l = Buffer.alloc(2); l.writeUInt16BE(b.length); return Buffer.concat([l, b]); }));
    const name = width ? `000.p/${width}` : '000';
    this.files.set(`tile/entries/${name}`, bundle);
    this.files.set(`tile/0/${name}`, Buffer.concat(this.tree.levels[0].slice(0, size)));
    if (size === 256) this.files.set('tile/1/000.p/1', Buffer.from(this.tree.root()));
    this.hook('files', this.files);
    return new Map([...this.files].map(([path, bytes]) => [path, new Uint8Array(Buffer.from(bytes))]));
  }
}

export const ROUND_1000 = 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39';
const BEACONS = {
  none: () => ({ source: 'none' }),
  public: () => ({ count: 20, label: 'twenty ten-sided dice', source: 'public', symbols: '0123456789' }),
  drand: (time) => ({
    chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971', round: Math.max(1, Math.ceil((seconds(time) - 1692803367) / 3) + 1), source: 'drand',
  }),
  witness: (_, scene) => ({ key: scene.witnesses[0].text, source: 'witness' }),
};

function strataOf(strata, targets) {
  const star = strata.findIndex((each) => each.class === '*');
  const counts = strata.map(({ class: name }) => ({ class: name, drum: 0, slips: 0, take: 0 }));
  for (const row of targets) {
    if (['excused', 'rest'].includes(row.drum)) continue;
    const own = strata.findIndex((each) => each.class === row.class && each.class !== '*');
    const i = own >= 0 ? own : star;
    if (i < 0) continue;
    counts[i].drum++;
    counts[i].slips += Number(row.weight);
  }
  return counts.map((each, i) => ({ ...each, take: 'count' in strata[i] ? Math.min(each.drum, strata[i].count) : Math.ceil(each.drum * strata[i].per_10000 / 10000) }));
}

/**
 * Seven draws of four cycles: drand, public, witness and none; amended before and after the reveal, voided early and late, looked at
 * by another cycle, and one still sealed at the end.
 */
export async function standard(on = {}) {
  const s = new Scene(on);
  s.genesis();
  s.cycle('drand', 'drand', 30);
  s.cycle('public', 'public', 5);
  s.cycle('witness', 'witness', 2);
  s.cycle('none', 'none', 0);
  s.archive('2023-08-22T15:59:59Z');
  const one = await s.commit('drand', '2023-08-22T16:00:00Z', '2023-08-23T15:59:22Z');
  await s.draw(one, '2023-08-23T15:59:30Z');
  s.archive('2023-08-24T01:00:00Z');
  s.amend(one, { place: 0, seat: 1 });
  s.amend(one, { place: 1 });
  s.archive('2023-08-24T02:59:59Z');
  const two = await s.commit('public', '2023-08-24T03:00:00Z', '2023-08-25T03:00:00Z', { rules: { quiet_days: 60, team: ['own'], rotate: 1 } });
  s.amend(one, { place: 0, seat: 1, reason: 'unavailable' });
  await s.draw(two, '2023-08-25T03:00:05Z');
  s.archive('2023-08-26T02:59:59Z');
  const three = await s.commit('witness', '2023-08-26T03:00:00Z', '2023-08-27T03:00:00Z', { rules: { rotate: 0, avoid: [], same_unit: false } });
  await s.draw(three, '2023-08-27T03:00:09Z');
  s.archive('2023-08-28T01:00:00Z');
  const four = await s.commit('none', '2023-08-28T01:00:00Z', '2023-08-28T02:00:00Z', { strata: [{ class: '*', count: 4 }] });
  await s.draw(four, '2023-08-28T02:00:01Z');
  s.archive('2023-08-28T02:00:02Z');
  s.reveal(four, '2023-08-28T02:00:02Z');
  s.archive('2023-08-29T03:00:09Z');
  s.reveal(three, '2023-08-29T03:00:09Z');
  s.amend(three, { place: 0, seat: 0, time: '2023-08-29T04:00:00Z' });
  s.archive('2023-08-29T05:00:00Z');
  const five = await s.commit('witness', '2023-08-29T05:00:00Z', '2023-08-30T05:00:00Z');
  s.void(five, '2023-08-30T05:10:00Z', 'two of the sheets were swapped', s.value(five));
  s.archive('2023-08-31T01:00:00Z');
  s.reveal(five, '2023-08-31T01:00:00Z');
  s.archive('2023-09-01T00:59:59Z');
  const six = await s.commit('public', '2023-09-01T01:00:00Z', '2023-09-02T01:00:00Z', { rules: { quiet_days: 0, team: ['own'], rotate: 1 } });
  s.void(six, '2023-09-01T12:00:00Z');
  s.archive('2023-09-22T15:59:22Z');
  s.reveal(one, '2023-09-22T15:59:22Z');
  s.archive('2023-09-22T15:59:23Z');
  s.reveal(two, '2023-09-22T15:59:23Z');
  s.reveal(six, '2023-09-22T15:59:24Z');
  s.archive('2023-09-24T00:59:59Z');
  const seven = await s.commit('public', '2023-09-24T01:00:00Z', '2023-09-25T01:00:00Z', { rules: { quiet_days: 0, team: ['own', 'any'], rotate: 1, cover_days: 0 } });
  await s.draw(seven, '2023-09-25T01:00:05Z', '27182818284590452353');
  s.archive('2023-09-30T01:00:05Z');
  s.reveal(seven, '2023-09-30T01:00:05Z');
  s.archive('2023-10-01T00:59:59Z');
  const eight = await s.commit('drand', '2023-10-01T01:00:00Z', '2023-10-02T01:00:00Z');
  Object.assign(s, { one, two, three, four, five, six, seven, eight });
  return s;
}

// ---- small ones, for one fault each ----

export const of = (n, change) => (value, scene, context) => (context.n === n || value?.n === n ? change(value, scene, context) : undefined);
export const only = (path, change) => (plan, scene, context) => (context.path === path ? change(plan, scene, context) : undefined);

export const last = (s) => later(JSON.parse(s.entries.at(-1)).time, 0);

export const T = '2023-08-23T00:00:00Z';
export const DRAW = '2023-08-23T01:00:00Z';

/** One draw of one cycle, revealed at once. */
export async function small(on = {}, { source = 'none', embargo = 0, before = async () => {}, after = async () => {}, more = {} } = {}) {
  const s = new Scene(on);
  s.genesis();
  s.cycle('a', source, embargo);
  s.archive('2023-08-23T00:00:00Z');
  await before(s);
  s.one = await s.commit('a', '2023-08-23T00:00:00Z', '2023-08-23T15:59:22Z', more);
  await s.draw(s.one, '2023-08-23T15:59:30Z');
  s.archive(later(s.one.reveal_time, 10));
  s.reveal(s.one, later(s.one.reveal_time, 10));
  await after(s);
  return s;
}

/** One more draw of cycle `a`, revealed at once. */
export async function another(s, at, more, outcome = 'draw') {
  const draw = await s.commit('a', at, later(at, 3600), more);
  if (outcome === 'draw') await s.draw(draw, later(at, 3601));
  if (outcome !== 'open') s.reveal(draw, later(at, 3700));
  return draw;
}

/** A scene without the frame of `small`. */
export async function bare(build, on = {}) {
  const s = new Scene(on);
  await build(s);
  return s;
}

export const lines = (count) => Array.from({ length: count }, (_, i) => `\u2014 x${i}.example.org AAAAAAA${'='}\n`);

export function falsely(plan, s, beside = false) {
  const [key, time] = plan.cosigned[0];
  if (!beside) plan.cosigned = plan.cosigned.slice(1);
  plan.lines = [s.cosignature(key, time, 'another text\n')];
  return plan;
}

/** One void of no beacon, so that nothing has to follow from what is spoilt. */
export const voided = (on) => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 0); s.archive(T); s.one = await s.commit('a', T, '2023-08-23T15:59:22Z'); s.void(s.one, later(T, 60)); s.reveal(s.one, '2023-08-23T15:59:22Z'); }, on);

/** One draw amended before its reveal: a seat, then a target, each counted by an archive entry of its own. */
export const hidden = (on, after = () => {}) => bare(async (s) => {
  s.genesis();
  s.cycle('a', 'none', 5);
  s.archive(T);
  s.one = await s.commit('a', T, '2023-08-23T15:59:22Z');
  await s.draw(s.one, '2023-08-23T15:59:30Z');
  s.archive('2023-08-24T01:00:00Z');
  s.amend(s.one, { place: 0, seat: 1 });
  s.archive('2023-08-25T01:00:00Z');
  s.amend(s.one, { place: 1 });
  s.archive('2023-08-26T01:00:00Z');
  s.archive('2023-08-28T15:59:22Z');
  s.reveal(s.one, '2023-08-28T15:59:22Z');
  after(s);
}, on);

/** A draw of cycle b that looks at one of cycle a, which is revealed later. */
export const looked = (end, on) => bare(async (s) => {
  s.genesis();
  s.cycle('a', 'none', 20);
  s.cycle('b', 'none', 0);
  const a = await s.commit('a', T, DRAW);
  await s.draw(a, DRAW);
  const b = await s.commit('b', '2023-08-24T00:00:00Z', '2023-08-24T01:00:00Z', { rules: { quiet_days: 60 } });
  await s.draw(b, '2023-08-24T01:00:00Z');
  await end(s, a, b);
}, on);

/** A draw that is drawn, and not revealed. */
export const unrevealed = (on, after = () => {}) => bare(async (s) => { s.genesis(); s.cycle('a', 'none', 2); const a = await s.commit('a', T, DRAW); await s.draw(a, DRAW); after(s); }, on);

/** A void after the value was there. */
export const late = (source = 'drand', { reason = 'x', value = false, later: afterwards = false, on = {} } = {}) => bare(async (s) => {
  s.genesis();
  s.cycle('a', source, 0);
  const a = await s.commit('a', T, '2023-08-23T15:59:22Z');
  s.void(a, '2023-08-23T16:00:00Z', reason, value ? s.value(a) : {});
  s.reveal(a, '2023-08-23T16:00:00Z', afterwards ? s.value(a) : {});
}, on);
