// The table at the end, the differences if there are any, and what to do next.
import { say } from './progress.mjs';

const HEADINGS = ['app', 'route', 'same?', 'server ms', 'cold ms', 'warm ms', 'memory MB'];

/** Prints the results; true when every answer was the same. */
export function report(results, leftOut, whyLeftOut) {
  const rows = results.flatMap(({ example, rows: measured }) =>
    measured.map((row, index) => [
      index === 0 ? example.title : '',
      row.route,
      row.problems.length > 0 ? 'NO' : row.serverMs === undefined ? 'as saved' : 'yes',
      row.serverMs === undefined ? 'no server' : number(row.serverMs, 1),
      number(row.coldMs, 0),
      number(row.warmMs, 1),
      number(row.memoryMb, 0),
    ]),
  );
  say(`\n${table([HEADINGS, ...rows])}\n`);
  for (const { title, name } of leftOut) say(`left out: ${title} (examples/${name}): ${whyLeftOut}`);

  const different = results.flatMap(({ example, rows: measured }) =>
    measured.filter(({ problems }) => problems.length > 0).map((row) => ({ title: example.title, row })),
  );
  for (const { title, row } of different) {
    say(`${title}, ${row.route}:`);
    for (const problem of row.problems) say(`  ${problem}`);
  }
  const total = rows.length;
  if (different.length > 0) {
    say(`\n${different.length} of ${total} answers differ.`);
    return false;
  }
  say(`All ${total} answers are the same on the platform, cold and warm.`);
  say(`server: gunicorn with one worker, uvicorn, node. cold: the request waits for a new instance.
warm: an instance is there. memory: of an instance that served this route alone.

Next:
  npm run demo -- --serve          leaves them running, to try by hand
  cd your-app && npx ropeway dev   your own app, unchanged
  docs/fidelity.md                 what can differ, and why`);
  return true;
}

function number(value, digits) {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function table(rows) {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => width(row[column]))));
  const line = (row) =>
    row
      .map((cell, column) => pad(cell, widths[column], column > 2))
      .join('  ')
      .trimEnd();
  return [line(rows[0]), widths.map((size) => '─'.repeat(size)).join('  '), ...rows.slice(1).map(line)].join(
    '\n',
  );
}

function pad(text, size, toTheRight) {
  const blanks = ' '.repeat(size - width(text));
  return toTheRight ? blanks + text : text + blanks;
}

/** Columns in a terminal: Chinese characters take two. */
function width(text) {
  return [...text].reduce((sum, character) => sum + (/[\u2e80-\uffdc]/.test(character) ? 2 : 1), 0);
}
