import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { GuestAnswer, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const runtimes = join(import.meta.dirname, 'runtimes');
const PRELUDE = '{"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=1"]}';
const HEAD = { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=1'] };
const ZEROS = '\0'.repeat(8);

describe('answers in parts of a custom runtime of Lambda', () => {
  let guests: TestGuests;
  let fn: RunningGuest;
  const run = async (bootstrap: Buffer | string, timeout = 5): Promise<RunningGuest> => {
    const { digest } = await guests.addPackage(await zipOf({ bootstrap }, 0o755));
    return guests.run({
      name: 'aws.streams',
      version: 0,
      code: digest,
      layers: [],
      start: { kind: 'bootstrap', api: 'lambda', file: 'bootstrap' },
      env: {},
      limits: { memory: 256, timeout },
      context: {},
    });
  };
  beforeAll(async () => {
    guests = testGuests();
    guests.keepPackages(() => []);
    const script = readFileSync(join(runtimes, 'streaming.js'), 'utf8');
    fn = await run(`#!${process.execPath}\n${script}`);
  });
  afterAll(() => guests.close(0));

  let count = 0;
  const invoke = (
    event: Record<string, string | string[] | boolean>,
    stream = true,
  ): Promise<GuestAnswer> => {
    count += 1;
    return fn.invoke({ requestId: `r-${count}`, event, stream });
  };
  const read = async ({ stream }: GuestAnswer): Promise<string> => {
    let text = '';
    for await (const chunk of stream!.body as AsyncIterable<Buffer>) text += chunk.toString();
    await stream!.done;
    return text;
  };

  test('come as head and body, wherever the parts end', async () => {
    for (const parts of [
      [`${PRELUDE}${ZEROS}one`, ' two'],
      [PRELUDE.slice(0, 9), `${PRELUDE.slice(9)}\0\0\0`, `${'\0'.repeat(5)}one`, ' two'],
      [PRELUDE, ZEROS, 'one two'],
    ]) {
      const answer = await invoke({ parts });
      expect(answer.result).toEqual(HEAD);
      expect(answer.stream?.plain).toBeUndefined();
      expect(await read(answer)).toBe('one two');
    }
    expect(await read(await invoke({ parts: [`${PRELUDE}${ZEROS}`] }))).toBe('');
  });

  test('that are no HTTP response are told from such ones', async () => {
    const answer = await invoke({ parts: ['one', ' two'], type: 'text/plain' });
    expect(answer.result).toEqual({ statusCode: 200, headers: { 'content-type': 'text/plain' } });
    expect(answer.stream?.plain).toBe(true);
    expect(await read(answer)).toBe('one two');
  });

  test('are one result for who does not take parts', async () => {
    const whole = await invoke({ parts: [`${PRELUDE}${ZEROS}one`, ' two'] }, false);
    expect(whole.result).toEqual({ ...HEAD, body: 'one two', isBase64Encoded: false });
    const plain = await invoke({ parts: ['{"a":', '1}'], type: 'application/json' }, false);
    expect(plain.result).toEqual({ a: 1 });
  });

  test('may end with an error in the trailers', async () => {
    const fail = JSON.stringify({ errorType: 'Own', errorMessage: 'no good', stackTrace: ['a'] });
    const answer = await invoke({ parts: [`${PRELUDE}${ZEROS}one`], fail: JSON.parse(fail) as never });
    await expect(read(answer)).rejects.toMatchObject({
      code: 'FUNCTION_ERROR',
      app: { type: 'Own', message: 'no good', traceback: 'a' },
    });
    const whole = await invoke({ parts: [`${PRELUDE}${ZEROS}one`], fail: JSON.parse(fail) as never }, false);
    expect(whole.error).toMatchObject({ code: 'FUNCTION_ERROR', app: { type: 'Own' } });
  });

  test('may be broken off, before and after they have a head', async () => {
    const sign = join(guests.folder, 'break-off');
    const answer = await invoke({ parts: [`${PRELUDE}${ZEROS}one`], breakOff: sign });
    writeFileSync(sign, '');
    await expect(read(answer)).rejects.toMatchObject({ name: 'InvocationError' });
    const early = await invoke({ parts: [PRELUDE.slice(0, 9)], breakOff: sign });
    expect(early.error?.code).toMatch(/^FUNCTION_(ERROR|EXITED)$/);
    expect(await read(await invoke({ parts: [`${PRELUDE}${ZEROS}again`] }))).toBe('again');
  });

  test('have the time of the whole call', async () => {
    const short = await run(
      readFileSync(join(runtimes, 'streaming.js'), 'utf8').replace('//', `#!${process.execPath}\n//`),
      1,
    );
    const event = { parts: [`${PRELUDE}${ZEROS}one`], hang: true };
    const answer = await short.invoke({ requestId: 'r-t', event, stream: true });
    await expect(read(answer)).rejects.toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    await short.close(0);
  });

  const hasCompiler = compiles();
  test.skipIf(!hasCompiler)('a compiled bootstrap (needs a C compiler: cc)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ropeway-cc-'));
    const program = join(folder, 'bootstrap');
    execFileSync('cc', ['-D_GNU_SOURCE', '-O1', '-o', program, join(runtimes, 'bootstrap.c')]);
    const compiled = await run(readFileSync(program));
    const event = { text: 'ü', list: [1, 2] };
    expect((await compiled.invoke({ requestId: 'r-c', event })).result).toEqual(event);
    await compiled.close(0);
    rmSync(folder, { recursive: true });
  });
});

function compiles(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
