// What the browser's checker says of directories: a line of JSON for each {dir, args} on standard input.
import { createInterface } from 'node:readline';
import { checkFiles, optionsOf, readTree } from '../page/tools.mjs';

for await (const line of createInterface({ input: process.stdin })) {
  const { dir, args } = JSON.parse(line);
  let said;
  try {
    const report = await checkFiles(readTree(dir), optionsOf(args));
    const first = report.first && { draw: report.first.n || 0, check: report.first.check.name, detail: report.first.check.code };
    const classes = report.draws.map(({ assurance }) => (
      assurance?.class === 'B' && !assurance.independent ? 'B?' : assurance?.class));
    said = { ok: report.verdict === 'ok', first: first ?? null, classes };
  } catch (error) {
    said = { ok: false, first: { draw: -1, check: 'crash', detail: String(error) } };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
