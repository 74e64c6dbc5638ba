// Whom the rules let go where (PROTOCOL 7).

/** Who is lawful for which target, and who fits which seat. */
export class Law {
  /**
   * @param {object} rules of the commitment
   * @param {{inspector, scope, value}[]} conflicts
   */
  constructor(rules, conflicts) {
    this.rules = rules;
    this.barred = new Map();        // inspector -> set of "scope/value"
    for (const { inspector, scope, value } of conflicts) {
      if (!this.barred.has(inspector)) this.barred.set(inspector, new Set());
      this.barred.get(inspector).add(`${scope}/${value}`);
    }
  }

  /** @param {object} p a row of inspectors.csv @param {object} t a row of targets.csv */
  lawful(p, t) {
    const { avoid, level_gap: gap } = this.rules;
    for (const column of avoid) {
      if (p[column] === '' || t[column] === '' || p[column] === t[column]) return false;
    }
    if (gap !== undefined && (p.level === null || t.level === null || p.level - t.level < gap)) return false;
    const barred = this.barred.get(p.id);
    return !barred
      || !(barred.has(`target/${t.id}`) || barred.has(`unit/${t.unit}`) || barred.has(`area/${t.area}`));
  }

  /** Whether p fits seat s of t. */
  fits(p, seat, t) {
    const wanted = this.rules.team[seat];
    if (wanted === 'own') return t.needs === '' || p.tags.includes(t.needs);
    return wanted === 'any' || p.tags.includes(wanted);
  }
}
