import type { Command } from 'commander';

import type { RequestOptions } from '../requests/options.ts';

/** `ropeway request`: sends requests to the running function, saves and replays them. */
export function defineRequest(program: Command): void {
  program
    .command('request')
    .description('Send a request to the running app, and show the answer and how the function ran.')
    .argument('[target...]', '[METHOD] <path>: GET when left out, POST when there is a body')
    .option('-H, --header <line>', "header 'Name: value'; 'Name:' leaves a default header out", collect)
    .option('-d, --data <text>', 'body, as a form unless a Content-Type header says otherwise', collect)
    .option('--data-file <file>', 'body from a file (- for standard input)')
    .option('--form <pair>', 'form field name=value; name=@file uploads a file', collect)
    .option('--json-body <json>', 'JSON body')
    .option('--url <url>', 'send to this address and not to the running `ropeway dev`')
    .option('--dir <dir>', 'folder of the app', '.')
    .option('--cold', 'ask for a new instance: a cold start')
    .option('--timeout <seconds>', 'time allowed for the whole answer', '60')
    .option('--body-only', "print the answer's body and nothing else, as it came")
    .option('--save', 'add the request to the file, with the status and type it was answered with')
    .option('--name <name>', 'title of the saved request; the same name again replaces it')
    .option('--all', 'send all requests of the file and check status and type')
    .option('--file <file>', 'the .http file (default: requests.http in the folder of the app)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', examples)
    .action(async (target: string[], options: RequestOptions) => {
      const { runRequest } = await import('../requests/run.ts');
      await runRequest(target, options);
    });
}

const examples = `
Examples:
  $ ropeway request /user/ann
  $ ropeway request POST /form --form name=ann --save
  $ ropeway request PUT /items/1 --json-body '{"n": 1}' -H 'X-Key: k'
  $ ropeway request --all

Exit code: 0 when answered (whatever the status), 1 when a replayed request was not answered as
expected, 2 for bad input, such as no running app.`;

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
