import { type Command, Option } from 'commander';

import { sinceOption, stateOption } from '../records/options.ts';
import type { StatsOptions } from './stats/options.ts';

/** `ropeway stats [function]` */
export function defineStats(program: Command): void {
  program
    .command('stats')
    .description(
      'Sum up the requests served: counts, errors, percentiles, cold starts, memory, what is billed.',
    )
    .argument('[function]', 'only this function')
    .addOption(
      new Option('--by <what>', 'what makes a group')
        .choices(['route', 'function', 'version', 'status'])
        .default('route'),
    )
    .addOption(sinceOption())
    .addOption(stateOption())
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', examples)
    .action(async (name: string | undefined, options: StatsOptions) => {
      const { stats } = await import('./stats/stats.ts');
      await stats(name, options);
    });
}

const examples = `
Examples:
  $ ropeway stats                        by route
  $ ropeway stats shop --since 10m --by status
  $ ropeway stats --by version           did the last change make it slower?
  $ ropeway stats --json | jq .total.p99Ms`;
