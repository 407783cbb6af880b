import type { Command } from 'commander';

import { addDeployingOptions } from '../deploying/options.ts';
import { collect } from '../option-values.ts';
import type { InvokeCommandOptions } from './invoke/invoke.ts';

/** `ropeway invoke [alias]` */
export function defineInvoke(program: Command): void {
  const command = program
    .command('invoke')
    .description('Give a deployed function an event, and show its result and what it cost.')
    .argument('[alias]', 'the component, if several have a function')
    .option('-e, --event <file>', 'JSON of the event; - reads it from standard input')
    .option('--http <request...>', 'make the event of a request: --http GET /hello')
    .option('-H, --header <header>', "of the request: 'Name: value'; repeatable", collect, [])
    .option('-d, --data <text>', 'body of the request; @file reads it from a file')
    .option('--format <name>', 'event format of the request (default: that of the function)');
  addDeployingOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway invoke --http GET /hello
  $ ropeway invoke api --http POST /users -d '{"name": "Ada"}' -H 'content-type: application/json'
  $ ropeway invoke timer --event event.json
  $ echo '{"key": 1}' | ropeway invoke --event -`,
    )
    .action(async (alias: string | undefined, options: InvokeCommandOptions) => {
      const { invoke } = await import('./invoke/invoke.ts');
      await invoke(alias, options);
    });
}
