import type { Command } from 'commander';

import { addDeployingOptions, type DeployingOptions } from '../deploying/options.ts';

/** `ropeway promote [alias]` */
export function definePromote(program: Command): void {
  const command = program
    .command('promote')
    .description('Give all requests to the version that `deploy --canary` gave a share of them.')
    .argument('[alias]', 'which component, if the file has several');
  addDeployingOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway deploy --canary 10           the new version gets 10 % of the requests
  $ ropeway promote                      now it gets them all
  $ ropeway rollback                     or none any more`,
    )
    .action(async (alias: string | undefined, options: DeployingOptions) => {
      const { promote } = await import('./rollback/rollback.ts');
      await promote(alias, options);
    });
}
