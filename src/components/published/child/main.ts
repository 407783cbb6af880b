import { syncBuiltinESMExports } from 'node:module';

import type { Failure, StartMessage } from '../messages.ts';
import { openChannel } from './channel.ts';
import { whenQuiet } from './ending.ts';
import { watchFetches } from './fetches.ts';
import { watchRequests } from './requests.ts';
import { describe } from './failures.ts';
import { runMethod } from './run.ts';
import { watchSockets } from './sockets.ts';

// The process that one call of a published component runs in. It ends with the call.

const channel = openChannel();
const start = await channel.started;
const openRequests = watchNetwork(start);

/** What the component left to itself and what failed there: told at the end, so that its own work is not torn in the middle. */
let loose: Failure | undefined;
process.on('unhandledRejection', (reason) => {
  loose ??= describe('component', reason);
  channel.tell({ type: 'log', level: 'warn', text: `Failed, and nobody waited for it: ${loose.message}` });
});
process.on('uncaughtException', (error) => void end({ failure: describe('component', error) }));

let isSettled = false;
process.once('beforeExit', () => {
  if (isSettled) return;
  const message = 'It waits for something that cannot happen any more.';
  void end({ failure: loose ?? { kind: 'unfinished', message } });
});

const result = await runMethod(start, channel).then(inJson, (error: unknown) => ({
  failure: describe('component', error),
}));
isSettled = true;
await whenQuiet(openRequests);
await end('failure' in result || loose === undefined ? result : { failure: loose });

function watchNetwork({ redirects }: StartMessage): () => number {
  const onReport = (text: string): void => channel.tell({ type: 'log', level: 'debug', text });
  const requests = watchRequests(redirects, onReport);
  const fetches = watchFetches(redirects, onReport);
  watchSockets(redirects);
  // For `import { request } from 'node:https'`.
  syncBuiltinESMExports();
  return () => requests.open() + fetches();
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}

type Result = { outputs?: unknown } | { failure: Failure };

/** Functions and undefined fall away, as they would in a state file. */
function inJson(outputs: unknown): Result {
  if (outputs === undefined) return {};
  try {
    return { outputs: JSON.parse(JSON.stringify(outputs) ?? 'null') as unknown };
  } catch (error) {
    return { failure: { kind: 'outputs', message: describe('outputs', error).message } };
  }
}

async function end(result: Result): Promise<void> {
  isSettled = true;
  channel.tell('failure' in result ? { type: 'failed', ...result } : { type: 'done', ...result });
  await Promise.all([channel.flush(), flush(process.stdout), flush(process.stderr)]);
  // Not `exit`, which the component may have changed, and whose hooks it may have filled.
  (process as unknown as { reallyExit(code: number): never }).reallyExit(0);
}
