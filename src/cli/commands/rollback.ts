import type { Command } from 'commander';

import { addDeployingOptions, type DeployingOptions } from '../deploying/options.ts';

/** `ropeway rollback [version]` */
export function defineRollback(program: Command): void {
  const command = program
    .command('rollback')
    .description('Let an older version of a function serve.')
    .argument('[version]', 'its number (default: the one before the present)')
    .option('-c, --component <alias>', 'which component, if the file has several');
  addDeployingOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ropeway rollback\n  $ ropeway rollback 3 --component api\n\n`ropeway info` shows the versions. The next deployment goes forward again.',
    )
    .action(async (version: string | undefined, options: DeployingOptions & { component?: string }) => {
      const { rollback } = await import('./rollback/rollback.ts');
      await rollback(version, options);
    });
}
