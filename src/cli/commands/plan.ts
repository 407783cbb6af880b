import type { Command } from 'commander';

import { addDeployingOptions, type DeployingOptions } from '../deploying/options.ts';

/** `ropeway plan [alias]` */
export function definePlan(program: Command): void {
  const command = program
    .command('plan')
    .description('Show what a deployment would do; changes nothing.')
    .argument('[alias]', 'one component of the file (default: all)');
  addDeployingOptions(command)
    .addHelpText('after', '\nExample:\n  $ ropeway plan --stage prod')
    .action(async (alias: string | undefined, options: DeployingOptions) => {
      const { showPlan } = await import('./plan/plan.ts');
      await showPlan(alias, options);
    });
}
