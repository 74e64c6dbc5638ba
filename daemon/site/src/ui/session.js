// What checks: in a worker, or in the page itself where there is none. It is told
//   {type: 'check', files: [path, File][] | null, base, options}   null: over http, below `base`
//   {type: 'ask', id}
//   {type: 'hold', file}       a receipt
//   {type: 'place', text}      what a letter says of places, or {type: 'place', file}
// and tells {type: 'progress', code, params, share}, {type: 'report', report}, {type: 'answers', id, answers},
// {type: 'held', answer}, {type: 'placed', answers} and {type: 'problem', code, params} or {type: 'error', why}.
import { textOf } from '../protocol/bytes.js';
import { check } from '../protocol/check.js';
import { lookUp } from '../protocol/lookup.js';
import { MOST_PASTED, checkPlaces } from '../protocol/place.js';
import { Problem } from '../protocol/problem.js';
import { MOST_RECEIPT, checkReceipt } from '../protocol/receipt.js';
import { FilesSource, HttpSource } from '../protocol/source.js';

const TELL_MS = 80;

export class Session {
  /**
   * @param {function(object): void} tell
   * @param {boolean} pause give the page its turn now and then: where there is no worker
   */
  constructor(tell, pause) {
    Object.assign(this, { tell, pause, source: null, report: null, told: 0 });
  }

  async hear(message) {
    try {
      if (message.type === 'check') await this.check(message);
      else if (message.type === 'ask') await this.ask(message.id);
      else if (message.type === 'hold') await this.hold(message.file);
      else if (message.type === 'place') await this.place(message);
    } catch (error) {
      if (error instanceof Problem) this.tell({ type: 'problem', code: error.code, params: error.params });
      else this.tell({ type: 'error', why: String(error?.stack ?? error).slice(0, 500) });
    }
  }

  async check({ files, base, options }) {
    this.source = files ? new FilesSource(new Map(files.map(([path, file]) => [path, opened(file)])))
      : new HttpSource(base, (url, init) => fetch(url, init));
    const progress = (stage, share) => this.progress(stage, share);
    this.report = await check(this.source, { ...options, progress });
    this.tell({ type: 'report', report: forPage(this.report) });
  }

  async progress({ code, params }, share) {
    const now = Date.now();
    if (now - this.told < TELL_MS) return;
    this.told = now;
    this.tell({ type: 'progress', code, params, share });
    if (this.pause) await new Promise((resume) => setTimeout(resume, 0));
  }

  async ask(id) {
    const answers = this.report ? await lookUp(this.source, this.report, id) : [];
    this.tell({ type: 'answers', id, answers });
  }

  async place({ text, file }) {
    if (!this.report) return;
    const long = { status: 'failed', code: 'place-long', params: { most: MOST_PASTED } };
    const read = async () => checkPlaces(this.report, file ? textIn(new Uint8Array(await file.arrayBuffer())) : text);
    this.tell({ type: 'placed', answers: file?.size > MOST_PASTED ? [long] : await read() });
  }

  async hold(file) {
    if (!this.report) return;
    const long = { status: 'failed', code: 'receipt-long', params: { most: MOST_RECEIPT } };
    const read = async () => checkReceipt(this.source, this.report, new Uint8Array(await file.arrayBuffer()));
    this.tell({ type: 'held', answer: file.size > MOST_RECEIPT ? long : await read() });
  }
}

/** A text as if it were a file's: no letter where it is not UTF-8. */
const textIn = (bytes) => textOf(bytes) ?? '\u{fffd}';

const opened = (file) => ({ size: file.size, bytes: async () => new Uint8Array(await file.arrayBuffer()) });

/** A report without what only lookUp needs. */
function forPage(report) {
  return { ...report, draws: report.draws.map((draw) => ({ ...draw, commit: commitForPage(draw.commit) })) };
}

const commitForPage = (commit) => commit && { draw_time: commit.draw_time, reveal_time: commit.reveal_time, date: commit.date, beacon: { source: commit.beacon.source } };

/** In a worker: hear and tell by messages. */
export function serve(scope) {
  const session = new Session((message) => scope.postMessage(message), false);
  scope.onmessage = ({ data }) => session.hear(data);
}
