import { execFile } from 'node:child_process';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { detectFormat, eventFormats } from '../../src/events/list.ts';
import { EventError, type JsonObject, type JsonValue } from '../../src/events/types.ts';
import { testPython } from '../support/python.ts';
import { root } from '../support/root.ts';
import { json, mutate, request } from './arbitraries.ts';

const EVENTS_PER_FORMAT = 600;
/** Always the same events; another seed finds others. */
const SEED = 20_261_123;

test('TypeScript and Python make the same request, or an error, of the same event', async () => {
  const events = eventFormats.flatMap((format) =>
    fc.sample(
      fc
        .tuple(request, fc.nat(), json, fc.nat({ max: 3 }))
        .map(([sent, place, value, kind]) =>
          kind === 0 ? format.toEvent(sent) : mutate(format.toEvent(sent), place, value, kind === 1),
        ),
      { numRuns: EVENTS_PER_FORMAT, seed: SEED },
    ),
  );
  const theirs = await parseInPython(events);
  for (const [index, event] of events.entries()) {
    expect(theirs[index], JSON.stringify(event)).toEqual(parse(event));
  }
});

function parse(event: JsonObject): unknown {
  const format = detectFormat(event);
  if (format === undefined) return null;
  try {
    const { body, ...rest } = format.toRequest(event);
    return { format: format.name, ...rest, body: Buffer.from(body).toString('base64') };
  } catch (error) {
    expect(error).toBeInstanceOf(EventError);
    // Both name the same key; how they show the value is each language's own.
    return { format: format.name, error: expect.any(String) as string };
  }
}

async function parseInPython(events: JsonValue[]): Promise<unknown[]> {
  const interpreter = await testPython();
  return new Promise((resolve, reject) => {
    const child = execFile(
      interpreter,
      [join(root, 'test/events/parse_events.py')],
      {
        env: { PYTHONPATH: join(root, 'src/runtimes/python'), PYTHONIOENCODING: 'utf-8' },
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout) => {
        if (error === null)
          resolve(
            stdout
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as unknown),
          );
        else reject(new Error(error.message));
      },
    );
    child.stdin!.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  });
}
