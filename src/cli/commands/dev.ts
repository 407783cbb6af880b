import type { Command } from 'commander';

import { addAppOptions } from '../apps/add-options.ts';
import { wholeNumber } from '../option-values.ts';
import type { DevOptions } from './dev/options.ts';

/** `ropeway dev [dir]` */
export function defineDev(program: Command): void {
  const command = program
    .command('dev')
    .description('Run the app of a folder on the local function platform, reloading it after every change.')
    .argument('[dir]', 'folder of the app', '.')
    .option('-p, --port <port>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 3000)
    .option('--host <address>', 'address to listen on', '127.0.0.1');
  addAppOptions(command, 'fresh')
    .option('--open', 'open the browser', false)
    .option('--json', 'print JSON lines', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway dev                          the app in this folder, on http://127.0.0.1:3000
  $ ropeway dev ./shop --app shop.wsgi:application --port 8080
  $ ropeway dev --events tencent-apigw --stage release --env DEBUG=1`,
    )
    .action(async (dir: string, options: DevOptions) => {
      const { dev } = await import('./dev/dev.ts');
      await dev(dir, options);
    });
}
