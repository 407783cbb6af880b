import { type Command, Option } from 'commander';

import { collect, wholeNumber } from '../option-values.ts';
import type { AdviseOptions } from './advise/options.ts';

/** `ropeway advise [dir]` */
export function defineAdvise(program: Command): void {
  program
    .command('advise')
    .description(
      'Say what in an app will fail or cost much on functions, and what to change: from its source, and from measuring it.',
    )
    .argument('[dir]', 'folder of the app', '.')
    .option('--no-measure', 'look at the source only')
    .option('--apply', 'write into ropeway.yml what can be said there, after showing it and asking', false)
    .addOption(
      new Option('--fail-on <severity>', 'exit code 1 when there is a finding so severe, or more').choices([
        'high',
        'medium',
        'low',
      ]),
    )
    .option('--requests <file>', 'file of requests (default: requests.http, else the routes with GET)')
    .option('--runs <n>', 'fresh processes per route, and for the imports', wholeNumber(1, 50), 3)
    .option('--count <n>', 'warm requests per route', wholeNumber(3, 10_000), 100)
    .option('--app <selector>', 'the app, if several match: module:attribute, or a file')
    .option('--start <command>', 'run this command with PORT set and proxy to it (web function)')
    .option('--env <KEY=VALUE>', 'environment of the app; KEY alone passes yours on; repeatable', collect, [])
    .option('--env-file <file>', 'file with KEY=VALUE lines; repeatable', collect, [])
    .option('-y, --yes', 'install missing packages and apply without asking', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', examples)
    .action(async (dir: string, options: AdviseOptions) => {
      const { advise } = await import('./advise/advise.ts');
      await advise(dir, options);
    });
}

const examples = `
Examples:
  $ ropeway advise                       the app in this folder
  $ ropeway advise ./shop --apply        and write into ropeway.yml what can be said there
  $ ropeway advise --no-measure --fail-on high      in CI: seconds, nothing is run
  $ ropeway advise --json | jq '.findings[] | {severity, title}'`;
