import { type Command, InvalidArgumentError, Option } from 'commander';

import { sinceOption, stateOption } from '../records/options.ts';
import { isCloud, type LogsOptions } from './logs/options.ts';

/** `ropeway logs [function]` */
export function defineLogs(program: Command): void {
  program
    .command('logs')
    .description(
      'Show the requests that `ropeway dev` or `ropeway serve` has served, and what the app printed.',
    )
    .argument('[function]', 'only this function')
    .option('-f, --follow', 'go on showing what comes, until Ctrl-C', false)
    .option('-n, --lines <n>', 'the last n (default: 100; all with --since or --request)', count)
    .addOption(sinceOption())
    .option(
      '--errors',
      'only requests that failed (status 500 and above, or an error), with their output',
      false,
    )
    .option(
      '--request <id>',
      'everything about one request; 4 or more characters of its id will do',
      idPrefix,
    )
    .option('--route <pattern>', "only requests to this route or path: '/users/*', 'POST /users'")
    .option('--status <code>', 'only requests with this status: 404, 5xx', status)
    .option('--cold', 'only cold starts', false)
    .option('--platform', "show the platform's START, END and REPORT lines too", false)
    .addOption(stateOption())
    .addOption(
      new Option('-t, --target <cloud>', 'the log of a function that is deployed there').choices([
        'tencent',
        'aws',
      ]),
    )
    .option('-C, --dir <folder>', 'with --target: folder of the project (default: this one)')
    .option('-s, --stage <name>', 'with --target: which deployment of the project')
    .option('--filter <text>', 'with --target: only lines with this text')
    .option('--json', 'print the records and lines as JSON lines', false)
    .addHelpText('after', examples)
    .action(async (name: string | undefined, options: LogsOptions) => {
      if (isCloud(options)) {
        const { cloudLogs } = await import('./logs/cloud-logs.ts');
        await cloudLogs(name, options);
        return;
      }
      const { logs } = await import('./logs/logs.ts');
      await logs(name, options);
    });
}

const examples = `
Examples:
  $ ropeway logs                         the last 100 requests and lines
  $ ropeway logs -f --errors             failing requests with their output, as they come
  $ ropeway logs --request 87c7de13      one request: how it ran, and what the app printed
  $ ropeway logs shop --route '/cart/*' --status 4xx --since 2h
  $ ropeway logs api --target aws -f     what component api prints in the cloud, as it comes
  $ ropeway logs --json | jq 'select(.kind == "request") | .path'`;

function count(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Expected a whole number from 0.');
}

function idPrefix(value: string): string {
  if (/^[\w-]{4,}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected the id of a request, or at least its first 4 characters.');
}

function status(value: string): string {
  if (/^[1-5](?:\d\d|xx)$/i.test(value)) return value.toLowerCase();
  throw new InvalidArgumentError('Expected a status like 404, or a class like 5xx.');
}
