import type { Command } from 'commander';

import { addDeployingOptions } from '../deploying/options.ts';
import type { RemoveCommandOptions } from './remove/remove.ts';

/** `ropeway remove [alias]` */
export function defineRemove(program: Command): void {
  const command = program
    .command('remove')
    .description('Remove what was deployed, what depends on another one first.')
    .argument('[alias]', 'one component, and what depends on it (default: all)');
  addDeployingOptions(command)
    .option('-y, --yes', 'do not ask', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway remove                 everything of this folder and stage
  $ ropeway remove api --yes

What is gone already is no failure. Cut off at any moment, the next removal goes on from there.`,
    )
    .action(async (alias: string | undefined, options: RemoveCommandOptions) => {
      const { remove } = await import('./remove/remove.ts');
      await remove(alias, options);
    });
}
