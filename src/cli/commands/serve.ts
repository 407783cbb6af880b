import type { Command } from 'commander';

import { addAppOptions } from '../apps/add-options.ts';
import { wholeNumber } from '../option-values.ts';
import type { ServeOptions } from './serve/options.ts';

/** `ropeway serve [dir...]` */
export function defineServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Run apps as functions on this machine, for as long as it is up.')
    .argument('[dir...]', 'folders of apps; without any: what was deployed before')
    .option('-p, --port <port>', 'port of the gateway; 0 takes any free one', wholeNumber(0, 65_535), 3000)
    .option('--host <address>', 'address of the gateway; 0.0.0.0 lets others in', '127.0.0.1')
    .option('--state <folder>', 'what must outlive the process (default: ~/.local/state/ropeway)')
    .option('--control <address>', 'a port, or host:port, for the control API beside its Unix socket')
    .option('--token-file <file>', "file with the control API's token; else $ROPEWAY_TOKEN")
    .option(
      '--emulate <clouds>',
      'also answer as aws, tencent or both do: their SDKs and CLIs work against this machine',
    )
    .option('--instances <n>', 'instances of all functions together', wholeNumber(1, 10_000), 64)
    .option('--drain <seconds>', 'time for requests in flight when it stops', wholeNumber(0, 3600), 30)
    .option('--access-log <file>', 'a line per request in the combined format; - for standard output')
    .option('-q, --quiet', 'no line per request', false);
  addAppOptions(command, 'template')
    .option('--json', 'print JSON lines', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway serve ./shop                 one app, on http://127.0.0.1:3000
  $ ropeway serve ./shop ./blog          /shop/… and /blog/…, or the routes of their ropeway.yml
  $ ropeway serve                        what was deployed before, as after a restart
  $ ropeway serve --emulate aws,tencent  the APIs of both clouds, on ports 4566 and 4567

Signals: TERM and INT stop it when everything in flight is answered; HUP loads the folders' code anew.`,
    )
    .action(async (dirs: string[], options: ServeOptions) => {
      const { serve } = await import('./serve/serve.ts');
      await serve(dirs, options);
    });
}
