import { type Command, Option } from 'commander';

import { collect, wholeNumber } from '../option-values.ts';

/** The options of every verb that runs the app of a folder. `cold` is the verb's default of `--cold`. */
export function addAppOptions(command: Command, cold: 'fresh' | 'template'): Command {
  return command
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
        `fresh: each new instance loads the app, as in a cloud; template: it is copied from a loaded process (default: ${cold})`,
      ).choices(['fresh', 'template']),
    )
    .option('--app <selector>', 'the app, if several match: module:attribute, or a file')
    .option('--start <command>', 'run this command with PORT set and proxy to it (web function)')
    .option(
      '--app-port <port>',
      'of an app that listens on several ports, the one to serve',
      wholeNumber(1, 65_535),
    )
    .option('-y, --yes', 'install missing packages without asking', false);
}
