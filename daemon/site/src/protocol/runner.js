// Checks by name, in order; what needs a check that did not hold is not run.
import { Problem, TooLarge } from './problem.js';

export const LOG_CHECKS = ['signature', 'tree', 'append-only', 'sequence', 'order', 'checkpoints', 'files'];
export const DRAW_CHECKS = ['checkpoints', 'files', 'drum', 'strata', 'history', 'chain', 'beacon', 'seed', 'selection',
  'inspectors', 'teams', 'visits', 'matters', 'record', 'amendments'];

/** What a check may return or throw instead of holding: `sealed` or `notrun`, with a reason. */
export class Skip {
  constructor(status, code, params = {}) {
    Object.assign(this, { status, code, params });
  }
}

/**
 * @typedef {object} Check
 * @property {string} name of PROTOCOL 10
 * @property {'ok'|'failed'|'sealed'|'notrun'} status
 * @property {string} [code] the reason, of the catalogue
 * @property {object} [params]
 */

export class Runner {
  constructor(names) {
    this.checks = names.map((name) => ({ name, status: 'notrun', code: 'not-reached', params: {} }));
  }

  get(name) {
    return this.checks.find((check) => check.name === name);
  }

  holds(...names) {
    return names.every((name) => this.get(name).status === 'ok');
  }

  set(name, status, code = '', params = {}) {
    Object.assign(this.get(name), { status, code, params });
  }

  setAll(status, code, params) {
    for (const { name } of this.checks) this.set(name, status, code, params);
  }

  /**
   * Run one check unless one that it needs does not hold.
   * @param {function(): *} body returns a Skip or nothing; throws a Problem where the check fails
   */
  async run(name, needs, body) {
    const lacking = needs.find((each) => !this.holds(each));
    if (lacking) {
      const sealed = this.get(lacking).status === 'sealed';
      return this.set(name, sealed ? 'sealed' : 'notrun', sealed ? 'sealed' : 'needs', { check: lacking });
    }
    try {
      const result = await body();
      if (result instanceof Skip) this.set(name, result.status, result.code, result.params);
      else this.set(name, 'ok');
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.set(name, problem instanceof TooLarge ? 'notrun' : 'failed', problem.code, problem.params);
    }
    return undefined;
  }

  get failed() {
    return this.checks.find(({ status }) => status === 'failed');
  }
}
