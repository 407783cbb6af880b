import { type Command, InvalidArgumentError, Option } from 'commander';

import type { DevOptions } from './dev/options.ts';

/** `ropeway dev [dir]` */
export function defineDev(program: Command): void {
  program
    .command('dev')
    .description('Run the app of a folder on the local function platform, reloading it after every change.')
    .argument('[dir]', 'folder of the app', '.')
    .option('-p, --port <port>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 3000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--memory <MB>', 'memory limit of an instance', wholeNumber(32, 10_240))
    .option('--timeout <seconds>', 'time limit of a request', wholeNumber(1, 900))
    .option('--init-timeout <seconds>', 'time limit for loading the app', wholeNumber(1, 900))
    .option('--concurrency <n>', 'instances at once (one request each)', wholeNumber(1, 1000))
    .option('--env <KEY=VALUE>', 'environment of the app; KEY alone passes yours on; repeatable', collect, [])
    .option('--env-file <file>', 'file with KEY=VALUE lines; repeatable', collect, [])
    .option(
      '--events <format>',
      'event format: tencent-apigw, tencent-url, aws-v1, aws-v2, aws-alb, aws-lattice, alibaba-fc (default: aws-v2)',
    )
    .option('--stage <name>', 'serve under /<name>, as a gateway stage does')
    .option('--no-stream', 'keep every answer until it is whole, as event functions do without streaming')
    .addOption(
      new Option(
        '--cold <how>',
        'fresh: each new instance loads the app, as in a cloud; template: it is copied from a loaded process (default: fresh)',
      ).choices(['fresh', 'template']),
    )
    .option('--app <selector>', 'the app, if several match: module:attribute, or a file')
    .option('--start <command>', 'run this command with PORT set and proxy to it (web function)')
    .option(
      '--app-port <port>',
      'of an app that listens on several ports, the one to serve',
      wholeNumber(1, 65_535),
    )
    .option('-y, --yes', 'install missing packages without asking', false)
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

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}
