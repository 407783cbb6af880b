import { type Command, Option } from 'commander';

import { addWorkloadOptions, number, pairs, part } from '../workloads/options.ts';
import type { CostOptions } from './cost/options.ts';

/** `ropeway cost` */
export function defineCost(program: Command): void {
  const command = program
    .command('cost')
    .description(
      'What the app would cost a month as functions on Tencent SCF and AWS Lambda, and on a rented server, from what was measured.',
    )
    .addOption(
      new Option('--requests-per-day <number>', 'traffic (default: 10,000)').argParser(number(0, 1e10)),
    )
    .option('--trace <file>', 'traffic: an access log or a CSV of arrivals, also gzip');
  addWorkloadOptions(command)
    .addOption(
      new Option('--memory <MB>', 'of every function (default: what was seen, and a quarter more)').argParser(
        number(32, 10_240),
      ),
    )
    .option('--front <id>', 'what requests come through: url or http-api (default: url)')
    .option('--plan <id>', "Tencent's plan: cheapest, none, basic, personal… (default: cheapest)")
    .option('--no-free-tier', 'the monthly free quota is used up by something else')
    .addOption(new Option('--cold-share <part>', 'cold starts (default: of Poisson traffic)').argParser(part))
    .addOption(
      new Option('--keep-alive <seconds>', 'for which the cloud keeps an idle instance')
        .argParser(number(0, 86_400))
        .default(600),
    )
    .addOption(
      new Option('--peak <times>', "the day's peak as a multiple of its mean")
        .argParser(number(1, 1000))
        .default(2),
    )
    .addOption(
      new Option('--provisioned <number>', 'instances kept ready, of each function')
        .argParser(number(0, 1000))
        .default(0),
    )
    .addOption(
      new Option(
        '--server-rate <number>',
        'requests a second that one machine answers (default: measured)',
      ).argParser(number(0.001)),
    )
    .addOption(
      new Option('--region <cloud=region>', 'such as aws=eu-west-1, tencent=ap-hongkong')
        .argParser(pairs((value) => value))
        .default({}, "each cloud's usual one"),
    )
    .option('--prices <file>', 'your own prices, on top of the built-in ones')
    .option('--currency <code>', 'in which everything is compared', 'USD')
    .addOption(
      new Option('--exchange <code=dollars>', 'what a unit is in US dollars, such as CNY=0.14')
        .argParser(pairs(number(1e-9)))
        .default({}, 'CNY=0.14'),
    )
    .option('--report <file>', 'also write a page with the chart')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', examples)
    .action(async (options: CostOptions) => {
      const { cost } = await import('./cost/cost.ts');
      await cost(options);
    });
}

const examples = `
Examples:
  $ ropeway cost --bench bench.json --requests-per-day 50000
  $ ropeway cost --records                          from what \`ropeway dev\` wrote down
  $ ropeway cost --records --trace access.log.gz    the traffic of a server's log
  $ ropeway cost --bench bench.json --share "GET /=80%" --region aws=eu-west-1 --front http-api
  $ ropeway cost --bench bench.json --json | jq '.options[] | {id, total, currency}'`;
