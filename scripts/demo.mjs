// npm run demo: the example apps as plain servers and on the platform, the same requests to both, one table.
//   npm run demo                  all examples; exit code 0 only when every answer is the same
//   npm run demo -- flask koa     only these
//   npm run demo -- --serve       keeps the platform running and prints the addresses
//   npm run demo -- --no-build    uses dist/ as it is
import { parseArgs } from 'node:util';
import { build, installDependencies } from './lib/setup.mjs';
import { chooseExamples } from './demo/examples.mjs';
import { findPython, prepare } from './demo/prepare.mjs';
import { say, step } from './demo/progress.mjs';
import { stopAll } from './demo/processes.mjs';
import { runExample } from './demo/run-example.mjs';
import { report } from './demo/report.mjs';

let served = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void stopAll().then(() => process.exit(served && signal === 'SIGINT' ? process.exitCode : 130));
  });
}

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  await stopAll();
  process.exitCode = 1;
}

/** Resolves with the exit code. */
async function demo() {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: { serve: { type: 'boolean' }, build: { type: 'boolean', default: true } },
  });
  const chosen = chooseExamples(positionals);
  await installDependencies();
  if (options.build) await build();

  const python = await findPython();
  const examples = chosen.filter((example) => example.language === 'node' || python.path !== undefined);
  const leftOut = chosen.filter((example) => !examples.includes(example));
  if (leftOut.length > 0) say(`! without ${leftOut.map(({ name }) => name).join(', ')}: ${python.why}`);

  for (const example of examples) await prepare(example, python.path);
  const results = [];
  for (const [index, example] of examples.entries()) {
    step(`${index + 1}/${examples.length} ${example.title}`);
    results.push(await runExample(example, { keep: options.serve }));
  }
  const allSame = report(results, leftOut, python.why);
  if (options.serve) {
    served = true;
    say('\nRunning until Ctrl-C:');
    for (const { example, url } of results) say(`  ${example.title.padEnd(16)} ${url}`);
  }
  return allSame ? 0 : 1;
}
