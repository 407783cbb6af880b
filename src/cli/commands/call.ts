import type { Command } from 'commander';

import { addDeployingOptions } from '../deploying/options.ts';
import type { CallCommandOptions } from './call/call.ts';

/** `ropeway <verb> <alias>` */
export function defineCall(program: Command): void {
  const command = program
    .command('call')
    .description('Call a verb of a component: `ropeway <verb> <alias>` is the same.')
    .argument('<verb>', 'a method of the component')
    .argument('<alias>', 'the component')
    .option('-i, --inputs <json>', 'what the method is given', '{}');
  addDeployingOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ropeway migrate api\n  $ ropeway call migrate api --inputs \'{"to": 12}\'',
    )
    .action(async (verb: string, alias: string, options: CallCommandOptions) => {
      const { call } = await import('./call/call.ts');
      await call(verb, alias, options);
    });
}
