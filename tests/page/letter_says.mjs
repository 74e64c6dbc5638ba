// What the page says of letters: a JSON list of sentences for each path on standard input, against the directory that is the argument.
import { readFileSync } from 'node:fs';
import { checkPlaces } from '../../daemon/site/src/protocol/place.js';
import { say } from '../../daemon/site/src/ui/messages.js';
import { checkFiles, readTree } from './tools.mjs';

const report = await checkFiles(readTree(process.argv[2]));
for (const path of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const answers = checkPlaces(report, readFileSync(path, 'utf8'));
  process.stdout.write(`${JSON.stringify(answers.map(({ status, code, params }) => [status, say('en', code, params)]))}\n`);
}
