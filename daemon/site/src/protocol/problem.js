/**
 * What a check found wrong. `code` names a sentence of the catalogue (ui/messages.js), `params` fills it:
 * strings and numbers only. Anything else that is thrown is a mistake of this program.
 */
export class Problem extends Error {
  constructor(code, params = {}) {
    super(`${code} ${JSON.stringify(params)}`);
    this.name = 'Problem';
    this.code = code;
    this.params = params;
  }
}

/** The input is lawful, as far as can be seen, but larger than a page can hold. */
export class TooLarge extends Problem {}

/** Throw a Problem unless `holds`. */
export function need(holds, code, params) {
  if (!holds) throw new Problem(code, params);
}

/** `text`, cut to what fits in a sentence. */
export function brief(text, most = 80) {
  const points = [...String(text)];
  return points.length <= most ? points.join('') : points.slice(0, most).join('') + '…';
}
