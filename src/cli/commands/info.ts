import type { Command } from 'commander';

import { addDeployingOptions, type DeployingOptions } from '../deploying/options.ts';

/** `ropeway info [alias]` */
export function defineInfo(program: Command): void {
  const command = program
    .command('info')
    .description('Show what is deployed from here: addresses, versions, outputs.')
    .argument('[alias]', 'one component (default: all)');
  addDeployingOptions(command)
    .addHelpText('after', '\nExamples:\n  $ ropeway info\n  $ ropeway info api --json')
    .action(async (alias: string | undefined, options: DeployingOptions) => {
      const { info } = await import('./info/info.ts');
      await info(alias, options);
    });
}
