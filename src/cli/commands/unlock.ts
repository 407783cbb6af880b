import type { Command } from 'commander';

import { addDeployingOptions, type DeployingOptions } from '../deploying/options.ts';

/** `ropeway unlock` */
export function defineUnlock(program: Command): void {
  const command = program
    .command('unlock')
    .description('Let go of a deployment that a command holds which is not running any more.');
  addDeployingOptions(command)
    .addHelpText(
      'after',
      '\nA command that was killed on this machine lets go by itself; this is for those of other machines.\nExample:\n  $ ropeway unlock --stage prod',
    )
    .action(async (options: DeployingOptions) => {
      const { unlock } = await import('../deploying/session.ts');
      const { printEvent, say } = await import('../print-lines.ts');
      const holder = await unlock(options);
      if (options.json) printEvent('unlocked', { holder: holder ?? null });
      else say(holder === undefined ? 'nobody holds it' : `let go of: ${holder}`);
    });
}
