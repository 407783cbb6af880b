// A benchmark's rows as a table for people or one JSON object for programs.

/** rows: {case, subject, baseline, ratio, goal, ok, unit?, peer?, spread?, all?} */
export function report(bench, rows, { json, notes = [] }) {
  if (json) {
    console.log(JSON.stringify({ bench, rows, notes }));
    return;
  }
  const lines = rows.map((row) => [
    row.ok ? 'ok' : 'MISSED',
    row.case,
    `${row.subject} ${row.unit ?? ''}`.trim(),
    row.peer === undefined ? '' : `${row.baseline} ${row.unit ?? ''} ${row.peer}`.trim(),
    row.ratio === null ? '' : `${row.ratio}${row.spread === undefined ? '' : ` (${row.spread.join('–')})`}`,
    row.goal,
    row.all === undefined
      ? ''
      : Object.entries(row.all)
          .map(([name, figure]) => `${name} ${figure}`)
          .join(', '),
  ]);
  const head = ['', 'case', 'ours', 'fastest peer', 'ratio (of single rounds)', 'goal', 'medians'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column].length)),
  );
  for (const line of [head, ...lines]) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
  for (const note of notes) console.log(`\n${note}`);
}
