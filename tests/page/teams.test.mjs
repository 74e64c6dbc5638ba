// Teams against a model that tries everything, and their speed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { H } from '../../daemon/site/src/protocol/bytes.js';
import { Lots } from '../../daemon/site/src/protocol/draw.js';
import { Law } from '../../daemon/site/src/protocol/lawful.js';
import { makeTeams } from '../../daemon/site/src/protocol/teams.js';
import { random } from './tools.mjs';

const idle = async () => {};

/** Whether an assignment exists: every seat of `targets`, after those in `sat`, tried in turn. */
function exists({ law, rules }, targets, people, limit, sat = []) {
  const seats = rules.team.length;
  const all = targets.length * seats;
  const loads = new Map();
  for (const p of sat) loads.set(p, (loads.get(p) ?? 0) + 1);
  const team = [...sat];
  const place = (i) => {
    if (i === all) return true;
    const t = targets[Math.floor(i / seats)];
    for (const p of people) {
      if (!law.fits(p, i % seats, t) || !law.lawful(p, t) || (loads.get(p) ?? 0) >= limit) continue;
      if (team.slice(i - (i % seats), i).includes(p)) continue;
      loads.set(p, (loads.get(p) ?? 0) + 1);
      team[i] = p;
      if (place(i + 1)) return true;
      loads.set(p, loads.get(p) - 1);
      team.length = i;
    }
    return false;
  };
  return place(sat.length);
}

/** Section 7, sentence by sentence. */
function model(rules, targets, inspectors, law, lots) {
  const it = { law, rules };
  const most = rules.max_load || Infinity;
  const admitted = [];
  const unstaffed = [];
  for (const t of targets) (exists(it, [...admitted, t], inspectors, most) ? admitted : unstaffed).push(t);
  let k = rules.inspectors === 0 ? inspectors.length : Math.min(rules.inspectors, inspectors.length);
  while (!exists(it, admitted, inspectors.slice(0, k), most)) k++;
  const drawn = inspectors.slice(0, k);
  if (!admitted.length) return { admitted, unstaffed, drawn: k, least: 0, limit: 0, teams: [] };
  let least = 0;
  while (!exists(it, admitted, drawn, least)) least++;
  const limit = Math.min(least + rules.slack, most);
  const sat = [];
  const holds = (p, t, seat) => law.fits(p, seat, t) && law.lawful(p, t) && !sat.slice(sat.length - seat).includes(p)
    && sat.filter((each) => each === p).length < limit;
  for (const t of admitted) {
    for (let seat = 0; seat < rules.team.length; seat++) {
      const order = [...drawn].sort((a, b) => (lots.pair(t.id, a.id) < lots.pair(t.id, b.id) ? -1 : 1));
      sat.push(order.find((p) => holds(p, t, seat) && exists(it, admitted, drawn, limit, [...sat, p])));
    }
  }
  const seats = rules.team.length;
  return { admitted, unstaffed, drawn: k, least, limit, teams: admitted.map((_, i) => sat.slice(i * seats, (i + 1) * seats).map((p) => p.id)) };
}

function randomCase(rng) {
  const pick = (list) => list[rng(list.length)];
  const targets = Array.from({ length: rng(6) }, (_, i) => ({ id: `T${i}`, unit: pick(['a', 'b', 'c', '']), area: pick(['x', 'y']), level: pick([null, 1, 2, 3]), needs: pick(['', 'fire', 'lead']) }));
  const inspectors = Array.from({ length: rng(7) }, (_, i) => ({
    id: `I${i}`, unit: pick(['a', 'b', 'c', 'd', 'e']), area: pick(['x', 'y', 'z', 'w']), level: pick([1, 2, 3, 4]), tags: pick([[], ['lead'], ['fire', 'lead'], ['fire']]),
  }));
  const rules = {
    avoid: pick([[], ['unit'], ['area', 'unit'], []]), inspectors: rng(5), max_load: pick([0, 0, 1, 2, 3]), slack: rng(3),
    team: pick([['any'], ['lead', 'any'], ['any', 'any'], ['fire', 'lead'], ['any', 'lead', 'any'], ['own'], ['own', 'any'], ['lead', 'own']]),
  };
  if (rng(2)) rules.level_gap = rng(3) - 1;
  const conflicts = inspectors.length && targets.length ? Array.from({ length: rng(4) }, () => ({ inspector: pick(inspectors).id, scope: 'target', value: pick(targets).id })) : [];
  return { rules, targets, inspectors, law: new Law(rules, conflicts), lots: new Lots(H(String(rng(2 ** 30)))) };
}

test('3000 small random draws have the teams of the model', async () => {
  const rng = random(20260622);
  for (let i = 0; i < 3000; i++) {
    const { rules, targets, inspectors, law, lots } = randomCase(rng);
    const wanted = model(rules, targets, inspectors, law, lots);
    const made = await makeTeams(rules, targets, inspectors, law, lots, idle);
    const teams = made.teams.map((team) => team.map((p) => inspectors[p].id));
    const loads = inspectors.slice(0, made.drawn).map(({ id }) => teams.flat().filter((each) => each === id).length);
    assert.deepEqual(made.admitted.map((t) => targets[t]), wanted.admitted, `case ${i}`);
    assert.deepEqual(made.unstaffed.map((t) => targets[t]), wanted.unstaffed, `case ${i}`);
    assert.deepEqual([made.drawn, made.least, made.limit, teams], [wanted.drawn, wanted.least, wanted.limit, wanted.teams], `case ${i}`);
    assert.deepEqual(made.loads, loads, `case ${i}`);
  }
});

test('1000 targets of two seats take seconds', async () => {
  const rng = random(7);
  const targets = Array.from({ length: 1000 }, (_, i) => ({ id: `T${i}`, unit: `u${rng(4)}`, area: '', level: rng(5), needs: '' }));
  const inspectors = Array.from({ length: 300 }, (_, i) => ({ id: `I${i}`, unit: `u${rng(4)}`, area: '', level: 2 + rng(5), tags: rng(3) ? [] : ['lead'] }));
  const rules = { avoid: ['unit'], level_gap: 0, inspectors: 150, max_load: 9, slack: 0, team: ['lead', 'any'] };
  const start = Date.now();
  const made = await makeTeams(rules, targets, inspectors, new Law(rules, []), new Lots(H('x')), idle);
  assert.equal(made.admitted.length + made.unstaffed.length, 1000);
  assert.ok(Date.now() - start < 20000, `${Date.now() - start} ms`);
});
