// Who is in the drum, and how many of each stratum are taken (PROTOCOL 5, 6): `drum` and `strata`.
import { dateOf, dayOf } from './forms.js';
import { need } from './problem.js';

/** Whether a target takes part in the draw. */
export const takesPart = (row) => row.drum !== 'excused' && row.drum !== 'rest';

/** The drum value that follows for a target that nobody excused; `carried` is taken as given, where it may stand. */
export function drumValue(row, date, rules) {
  if (row.elsewhere !== '') return 'rest';
  if (row.drum === 'carried') return 'carried';
  const days = dayOf(date) - dayOf(row.last_drawn || row.since);
  if (row.last_drawn !== '' && rules.rest_days > 0 && days < rules.rest_days) return 'rest';
  return rules.cover_days > 0 && days >= rules.cover_days ? 'due' : 'in';
}

/** The check `drum`. */
export function checkDrum(commit, { targets, inspectors, away, sealed }) {
  for (const row of targets.list) {
    if (row.drum === 'excused') continue;
    const wanted = drumValue(row, commit.date, commit.rules);
    need(row.drum === wanted, 'drum', { id: row.id, drum: row.drum, wanted });
  }
  const days = new Set(sealed.slots.map(dateOf)).size;
  for (const row of inspectors.list) {
    if (row.drum === 'excused') continue;
    const wanted = away.dates.get(row.id)?.size === days ? 'away' : 'in';
    need(row.drum === wanted, 'drum-inspector', { id: row.id, drum: row.drum, wanted });
  }
}

/** A function from a class to the index of its stratum; -1 where none covers it. */
export function stratumOf(strata) {
  const index = new Map(strata.map((stratum, i) => [stratum.class, i]));
  return (name) => (name === '*' ? -1 : index.get(name) ?? index.get('*') ?? -1);
}

/** How many a stratum takes of a drum: exact, also where the product is beyond 2^53. */
export function takeOf(stratum, drum) {
  if ('count' in stratum) return Math.min(drum, stratum.count);
  return Number((BigInt(drum) * BigInt(stratum.per_10000) + 9999n) / 10000n);
}

/** The check `strata`: the classes as committed, and what the drum holds of each. */
export function checkStrata({ strata }, { targets, sealed }) {
  const find = stratumOf(strata);
  const counted = strata.map(() => ({ drum: 0, slips: 0 }));
  for (const row of targets.list) {
    const i = find(row.class);
    need(i >= 0, 'stratum-none', { id: row.id });
    if (!takesPart(row)) continue;
    counted[i].drum++;
    counted[i].slips += row.weight;
  }
  const equal = sealed.strata.length === strata.length && sealed.strata.every((each, i) => each.class === strata[i].class);
  need(equal, 'strata-classes');
  sealed.strata.forEach((stratum, i) => {
    const wanted = { ...counted[i], take: takeOf(strata[i], counted[i].drum) };
    for (const what of ['drum', 'slips', 'take']) {
      need(stratum[what] === wanted[what], 'stratum', { class: stratum.class, what, given: stratum[what], wanted: wanted[what] });
    }
  });
}
