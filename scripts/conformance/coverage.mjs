// Writes docs/conformance.md: what the vectors cover, counted from the files themselves.
// node scripts/conformance/coverage.mjs [--check]: with --check it only says whether the page is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../lib/run.mjs';

const page = join(root, 'docs/conformance.md');
const vectors = join(root, 'test/vectors');

const text = coverage();
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/conformance.md is out of date: node scripts/conformance/coverage.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, text);
}

function coverage() {
  const cases = JSON.parse(readFileSync(join(root, 'test/cases.json'), 'utf8'));
  const formats = readdirSync(vectors).sort();
  const all = formats.flatMap((format) =>
    readdirSync(join(vectors, format)).map((file) => ({
      format,
      ...JSON.parse(readFileSync(join(vectors, format, file), 'utf8')),
    })),
  );
  const rows = Object.entries(cases).map(([number, [kind, what, ...tests]]) => {
    const found = all.filter((vector) => vector.cases.includes(Number(number)));
    const counts = formats
      .map((format) => [format, found.filter((vector) => vector.format === format).length])
      .filter(([, count]) => count > 0)
      .map(([format, count]) => `${format} ${count}`);
    const covered = [...counts, ...tests.map((file) => `\`${file}\``)];
    if (covered.length === 0) throw new Error(`case ${number} (${what}) is covered by no vector and no test`);
    return `| ${number} | ${kind} | ${what} | ${covered.join(', ')} |`;
  });
  const directions = ['detect', 'toEvent', 'toRequest', 'toResult', 'fromResult'];
  const table = formats.map((format) => {
    const own = all.filter((vector) => vector.format === format);
    const cells = directions.map(
      (direction) => own.filter((each) => each.directions.includes(direction)).length,
    );
    return `| \`${format}\` | ${own.length} | ${cells.join(' | ')} |`;
  });
  return `# What the adapters are held to

This page is made from \`test/vectors\` by \`node scripts/conformance/coverage.mjs\`. A vector is one JSON file: an event and the
request that it stands for, or a response and its result. The same ${all.length} files drive the TypeScript and the Python side.

\`npm run conformance\` runs them together with \`wsgiref.validate\`, a checker of ASGI 3, and the test suites of Flask and Express
themselves, each directly and through the round trip of request, event, adapter, app, result and response. It wants
both suites in a folder of yours: \`npm run conformance -- --suites <folder>\`; without them it says how to get them.

## Formats

| format | vectors | recognised | request → event | event → request | response → result | result → response |
|---|---|---|---|---|---|---|
${table.join('\n')}

## Cases

| case | of | what must hold | vectors per format, or tests |
|---|---|---|---|
${rows.join('\n')}

Beyond the vectors, property tests send any request and any response through every format, damaged events through both languages, and
the same damaged events through both at once (\`test/events\`, \`test/runtimes\`).
`;
}
