import type { Command } from 'commander';

import { collect, wholeNumber } from '../option-values.ts';
import type { ProfileOptions } from './profile/options.ts';

/** `ropeway profile [dir]` */
export function defineProfile(program: Command): void {
  program
    .command('profile')
    .description(
      'Measure what an app costs: its cold start module by module, and time, processor and memory of each route.',
    )
    .argument('[dir]', 'folder of the app', '.')
    .option('--requests <file>', 'file of requests (default: requests.http, else the routes with GET)')
    .option('--runs <n>', 'fresh processes per route, and for the imports', wholeNumber(1, 50), 3)
    .option('--count <n>', 'warm requests per route', wholeNumber(3, 10_000), 100)
    .option('--lines <n>', 'lines of the import tree', wholeNumber(1, 1000), 30)
    .option('--app <selector>', 'the app, if several match: module:attribute, or a file')
    .option('--start <command>', 'run this command with PORT set and proxy to it (web function)')
    .option('--env <KEY=VALUE>', 'environment of the app; KEY alone passes yours on; repeatable', collect, [])
    .option('--env-file <file>', 'file with KEY=VALUE lines; repeatable', collect, [])
    .option('-y, --yes', 'install missing packages without asking', false)
    .option('--report <file>', 'also write a page with charts: the import tree, memory by route')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', examples)
    .action(async (dir: string, options: ProfileOptions) => {
      const { profile } = await import('./profile/profile.ts');
      await profile(dir, options);
    });
}

const examples = `
Examples:
  $ ropeway profile                      the app in this folder
  $ ropeway profile ./shop --runs 10
  $ ropeway profile --json | jq '.routes[] | {request, peakMb, warmMs}'
  $ ropeway profile --report profile.html
  $ ropeway profile --lines 100          more of the import tree`;
