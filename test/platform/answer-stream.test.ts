import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { answerStream } from '../../src/platform/instances/answer-stream.ts';
import type { InstanceProcess } from '../../src/platform/instances/process.ts';

const child = { socket: new PassThrough() } as unknown as InstanceProcess;

it('keeps its failure for a reader that comes later', async () => {
  const stream = answerStream(child, 'r1', () => undefined);
  stream.push(Buffer.from('part'));
  stream.fail(new Error('raised in the middle'));
  // The turn of the loop in which an error that nobody listens for would end the process.
  await setImmediate();
  const sink = new Writable({ write: (_chunk, _encoding, written) => written() });
  await expect(pipeline(stream.body, sink)).rejects.toThrow('raised in the middle');
  await stream.done;
});
