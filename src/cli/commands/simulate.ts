import { type Command, InvalidArgumentError, Option } from 'commander';

import { addWorkloadOptions, listOf, number, part } from '../workloads/options.ts';
import { wholeNumber } from '../option-values.ts';
import type { SimulateCommandOptions } from './simulate/options.ts';

/** `ropeway simulate` */
export function defineSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description(
      'What traffic would meet: waiting, cold starts, instances, cost, under several policies, from what was measured.',
    )
    .option('--trace <file>', 'traffic: an access log or a CSV of arrivals (time[,route]), also gzip')
    .option(
      '--traffic <what>',
      'traffic that is made up: poisson:20/s, wave:20/s,x4, burst:301, onoff:20/s,30s,5m; joined with +',
    )
    .option('--duration <time>', 'how long it lasts: 90s, 1h, 7d (default: 1h, of a wave 1d)');
  addWorkloadOptions(command)
    .addOption(
      new Option('--policy <which>', 'local: as our platform; cloud: as AWS Lambda')
        .choices(['local', 'cloud'])
        .default('local'),
    )
    .addOption(
      new Option(
        '--keep-alive <seconds,…>',
        'of idle instances, or auto (default: local auto, cloud 600)',
      ).argParser(listOf(keepAlive)),
    )
    .addOption(
      new Option('--provisioned <number,…>', 'instances kept ready')
        .argParser(listOf(wholeNumber(0, 100_000)))
        .default([0], '0'),
    )
    .addOption(
      new Option('--concurrency <number,…>', 'requests at once in an instance')
        .argParser(listOf(wholeNumber(1, 1000)))
        .default([1], '1'),
    )
    .addOption(
      new Option('--instances <number>', 'at once, at most (default: local 10, cloud 1000)').argParser(
        wholeNumber(1, 100_000),
      ),
    )
    .addOption(
      new Option('--queue <number>', 'requests that may wait, with --policy local')
        .argParser(wholeNumber(0, 10_000_000))
        .default(1000),
    )
    .addOption(
      new Option('--queue-timeout <seconds>', 'for which they may wait').argParser(number(0.001)).default(30),
    )
    .addOption(
      new Option(
        '--cores <number>',
        'that all instances share (default: each has what it was measured with)',
      ).argParser(number(0.01)),
    )
    .addOption(
      new Option(
        '--cpu-share <part>',
        'of requests that is computing, not waiting; or with --profile',
      ).argParser(part),
    )
    .option('--profile <file>', 'how much of each route is computing: what `ropeway profile --json` printed')
    .addOption(
      new Option('--server <workers>', 'also a server with so many workers').argParser(
        wholeNumber(1, 10_000),
      ),
    )
    .addOption(
      new Option('--memory <MB>', 'of an instance (default: as measured)').argParser(number(32, 10_240)),
    )
    .option('--report <file>', 'also write a page with charts')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', examples)
    .action(async (options: SimulateCommandOptions) => {
      const { simulateCommand } = await import('./simulate/simulate.ts');
      await simulateCommand(options);
    });
}

function keepAlive(value: string): number | 'auto' {
  if (value === 'auto') return 'auto';
  const seconds = Number(value);
  if (value !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('Expected seconds from 0 to 86400, or auto.');
}

const examples = `
Examples:
  $ ropeway simulate --bench bench.json --traffic burst:301 --policy cloud --server 2
  $ ropeway simulate --records --trace access.log.gz --keep-alive 60,600
  $ ropeway simulate --bench bench.json --traffic wave:5/s,x4 --provisioned 0,2 --policy cloud
  $ ropeway simulate --records --traffic poisson:20/s --duration 10m --instances 4 --cores 2
  $ ropeway simulate --bench bench.json --traffic poisson:20/s --json | jq '.policies[].latencyMs'`;
