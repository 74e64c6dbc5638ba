// Visits and amendments against models that follow the sentences of PROTOCOL 7 and 9 one by one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Places } from '../../daemon/site/src/protocol/amendments.js';
import { H } from '../../daemon/site/src/protocol/bytes.js';
import { Lots } from '../../daemon/site/src/protocol/draw.js';
import { Law } from '../../daemon/site/src/protocol/lawful.js';
import { makeVisits } from '../../daemon/site/src/protocol/visits.js';
import { random } from './tools.mjs';

const idle = async () => {};
const clock = (slot) => Date.parse(`${slot}:00Z`) / 60000;

/** Whether a slot suits p at t: `visits` are the places of p's that have their visit already, {slot, unit}. */
function suits(p, t, slot, visits, spacing, away) {
  if (away.get(p)?.has(slot.slice(0, 10))) return false;
  return visits.every((each) => Math.abs(clock(each.slot) - clock(slot)) >= spacing || (t.unit !== '' && each.unit === t.unit));
}

function model(places, { slots, rules, away, lots }) {
  const had = [];
  return places.map(({ target, team }) => {
    const what = rules.same_unit && target.unit !== '' ? `unit/${target.unit}` : `target/${target.id}`;
    const x = BigInt(`0x${H(`${lots.seed}visit/${what}`).slice(0, 16)}`);
    const start = Number((x * BigInt(slots.length)) / 2n ** 64n);
    const round = [...slots.slice(start), ...slots.slice(0, start)];
    const all = (slot) => team.every((p) => suits(p, target, slot, had.filter((each) => each.team.includes(p)), rules.spacing, away));
    const slot = round.find(all) ?? slots[start];
    had.push({ slot, unit: target.unit, team });
    return slot;
  });
}

function randomCase(rng) {
  const pick = (list) => list[rng(list.length)];
  const dates = ['2023-10-27', '2023-10-29', '2023-10-30', '2023-11-02'];
  const all = dates.flatMap((date) => ['00:00', '09:00', '09:30', '14:00', '23:30'].map((time) => `${date}T${time}`));
  const slots = all.filter(() => rng(2)).slice(0, 1 + rng(12));
  if (!slots.length) slots.push(all[0]);
  const people = Array.from({ length: 2 + rng(5) }, (_, i) => `I${i}`);
  const away = new Map();
  for (const id of people) if (!rng(3)) away.set(id, new Set([pick(slots).slice(0, 10)]));
  const places = Array.from({ length: rng(9) }, (_, i) => {
    const team = [];
    for (let s = 0; s < Math.min(2, people.length); s++) team.push(pick(people.filter((id) => !team.includes(id))));
    return { target: { id: `T${i}`, unit: pick(['', 'a', 'b', 'c']) }, team };
  });
  const rules = { spacing: pick([0, 1, 30, 31, 180, 600, 1440, 2880, 10080]), same_unit: Boolean(rng(2)) };
  return { places, slots, rules, away, lots: new Lots(H(String(rng(2 ** 30)))) };
}

test('5000 small random draws have the visits of the model', async () => {
  const rng = random(7);
  let unkept = 0;
  for (let i = 0; i < 5000; i++) {
    const { places, ...draw } = randomCase(rng);
    const made = await makeVisits(places, draw, idle);
    assert.deepEqual(made.slots.map((slot) => draw.slots[slot]), model(places, draw), `case ${i}`);
    unkept += made.unkept.length;
  }
  assert.ok(unkept > 100, String(unkept));
});

test('30,000 places in 2000 slots take seconds', async () => {
  const slots = Array.from({ length: 2000 }, (_, i) => new Date(1700000000000 + i * 600000).toISOString().slice(0, 16));
  const places = Array.from({ length: 30000 }, (_, i) => ({ target: { id: `T${i}`, unit: '' }, team: [`I${i % 500}`, `I${(i * 7 + 1) % 500}`] }));
  const begun = Date.now();
  await makeVisits(places, { slots, rules: { spacing: 180, same_unit: true }, away: new Map(), lots: new Lots(H('x')) }, idle);
  assert.ok(Date.now() - begun < 30000, `${Date.now() - begun} ms`);
});

/** A draw of three places in the hands of five inspectors, and a model of who holds what. */
function amendable(rng) {
  const pick = (list) => list[rng(list.length)];
  const units = ['', 'a', 'b'];
  const targets = Array.from({ length: 7 }, (_, i) => ({ id: `T${i}`, class: 'A', unit: pick(units), area: '', level: 1, needs: pick(['', 'fire']), weight: 1 }));
  const inspectors = Array.from({ length: 6 }, (_, i) => ({ id: `I${i}`, unit: pick(['', 'a', 'x']), area: '', level: 1, tags: pick([[], ['fire'], ['lead'], ['fire', 'lead']]) }));
  const rules = { team: pick([['any', 'any'], ['own', 'any'], ['lead', 'own']]), avoid: pick([[], ['unit']]), max_load: pick([0, 1, 2]), spacing: pick([0, 180, 2880]) };
  const away = new Map(inspectors.filter(() => !rng(3)).map(({ id }) => [id, new Set(['2023-08-24'])]));
  const selected = targets.slice(0, 3).map(({ id }) => {
    const team = [pick(inspectors).id];
    team.push(pick(inspectors.filter((p) => p.id !== team[0])).id);
    return { id, team, visit: pick(['2023-08-24T09:00', '2023-08-24T14:00', '2023-08-25T09:00']) };
  });
  const conflicts = rng(2) ? [{ inspector: pick(inspectors).id, scope: 'target', value: pick(targets).id }] : [];
  const drawn = rng(7);
  const byId = (list) => new Map(list.map((each) => [each.id, each]));
  const files = { targets: { byId: byId(targets) }, inspectors: { byId: byId(inspectors) }, away: { dates: away } };
  const law = new Law(rules, conflicts);
  const lots = new Lots(H(String(rng(2 ** 30))));
  const outcome = { record: { selected }, order: inspectors.map((row) => ({ row })), law, lots, reserve: targets.slice(3).map((row) => ({ row, stratum: 0 })), teams: { drawn } };
  return { commit: { rules, strata: [{ class: '*' }] }, files, outcome, targets, inspectors, rules, away, conflicts, drawn, lots };
}

class AmendModel {
  constructor(it) {
    Object.assign(this, it);
    this.held = it.outcome.record.selected.map(({ id, team, visit }) => ({ target: id, team: [...team], visit, left: [], changed: [0, 0] }));
    this.placed = this.held.map(({ target }) => target);
  }

  lawful(p, t) {
    if (this.rules.avoid.includes('unit') && (!p.unit || !t.unit || p.unit === t.unit)) return false;
    return !this.conflicts.some((row) => row.inspector === p.id && row.value === t.id);
  }

  fits(p, seat, t) {
    const wanted = this.rules.team[seat];
    return wanted === 'any' || (wanted === 'own' ? t.needs === '' || p.tags.includes(t.needs) : p.tags.includes(wanted));
  }

  who(i, seat) {
    const place = this.held[i];
    if (place.changed[seat] === 2) return '';
    const t = this.targets.find(({ id }) => id === place.target);
    const full = this.held.filter(({ target }) => target);
    const load = (p) => full.flatMap(({ team }) => team).filter((id) => id === p.id).length;
    const suited = (p) => suits(p.id, t, place.visit, full.filter(({ team }) => team.includes(p.id))
      .map((each) => ({ slot: each.visit, unit: this.targets.find(({ id }) => id === each.target).unit })), this.rules.spacing, this.away);
    const good = (p) => this.fits(p, seat, t) && this.lawful(p, t) && !place.team.includes(p.id) && !place.left.includes(p.id)
      && (!this.rules.max_load || load(p) < this.rules.max_load);
    const ofDrawn = (p) => this.inspectors.indexOf(p) < this.drawn;
    const groups = [(p) => ofDrawn(p) && suited(p), (p) => !ofDrawn(p) && suited(p), (p) => ofDrawn(p) && !suited(p), (p) => !ofDrawn(p) && !suited(p)];
    const group = groups.map((is) => this.inspectors.filter((p) => good(p) && is(p))).find((each) => each.length) ?? [];
    const pair = (p) => H(`${this.lots.seed}pair/${t.id}/${p.id}`);
    return group.sort((a, b) => (pair(a) < pair(b) ? -1 : 1))[0]?.id ?? '';
  }

  next(i) {
    const team = this.held[i].team.filter(Boolean).map((id) => this.inspectors.find((p) => p.id === id));
    return this.targets.slice(3).find((t) => !this.placed.includes(t.id) && team.every((p) => this.lawful(p, t)))?.id ?? '';
  }
}

test('20,000 random amendments have the successors of the model', () => {
  const rng = random(11);
  const seen = { seat: 0, nobody: 0, target: 0, none: 0 };
  for (let i = 0; i < 20000; i++) {
    const it = amendable(rng);
    const places = new Places(it.commit, it.files, it.outcome);
    const other = new AmendModel(it);
    for (let number = 1; number <= 5; number++) {
      const place = rng(3);
      const now = other.held[place];
      if (now.target === '') continue;
      if (rng(3)) {
        const seat = rng(2);
        const out = now.team[seat];
        if (out === '') continue;
        const comes = other.who(place, seat);
        places.apply({ amendment: number, type: 'seat', place, seat, out, in: comes }, number);
        now.team[seat] = comes;
        now.left.push(out);
        now.changed[seat]++;
        seen[comes ? 'seat' : 'nobody']++;
      } else {
        const comes = other.next(place);
        places.apply({ amendment: number, type: 'target', place, out: now.target, in: comes }, number);
        now.target = comes;
        other.placed.push(comes);
        seen[comes ? 'target' : 'none']++;
      }
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 500, `${what}: ${count}`);
});
