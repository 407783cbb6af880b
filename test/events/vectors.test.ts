import { afterEach, describe, expect, test } from 'vitest';

import { detectFormat, eventFormats, formatByName } from '../../src/events/list.ts';
import { configurePrefix } from '../../src/events/path.ts';
import { EventError, type EventFormat } from '../../src/events/types.ts';
import { bytesOf, completeRequest, type Vector, vectorFormats, vectorsOf } from './vector.ts';

afterEach(() => configurePrefix({}));

test('every format has vectors', () => {
  expect(vectorFormats().sort()).toEqual(eventFormats.map((format) => format.name).sort());
});

for (const name of vectorFormats()) {
  describe(name, () => {
    const format = formatByName(name);
    for (const vector of vectorsOf(name)) {
      for (const direction of vector.directions) {
        const cases = vector.cases.length === 0 ? '' : ` (case ${vector.cases.join(', ')})`;
        test(`${vector.name}${cases}: ${direction}`, () => {
          configurePrefix(vector.env ?? {});
          const run = () => checks[direction](format, vector);
          if (vector.error === undefined) run();
          else expect(run).toThrow(eventError(vector.error));
        });
      }
    }
  });
}

function eventError(message: string): unknown {
  return expect.objectContaining({ name: 'EventError', message: expect.stringContaining(message) });
}

const checks: Record<Vector['directions'][number], (format: EventFormat, vector: Vector) => void> = {
  detect(format, vector) {
    expect(detectFormat(vector.event)?.name).toBe(format.name);
    // So the order of the list does not matter.
    const all = eventFormats.filter((each) => each.detect(vector.event!));
    expect(all.map((each) => each.name)).toEqual([format.name]);
  },
  toEvent(format, vector) {
    const event = format.toEvent(completeRequest(vector.request));
    expect(event).toEqual(vector.event);
    expect(JSON.stringify(event['headers'])).toBe(JSON.stringify(vector.event!['headers']));
  },
  toRequest(format, vector) {
    const request = format.toRequest(vector.event!);
    for (const [key, expected] of Object.entries(vector.request ?? {})) {
      const got = request[key as keyof typeof request];
      if (key === 'body') expect(Buffer.from(request.body)).toEqual(bytesOf(vector.request!.body!));
      else expect(got, key).toEqual(expected);
    }
  },
  toResult(format, vector) {
    const response = { ...vector.response!, body: bytesOf(vector.response!.body) };
    expect(format.toResult(response, vector.event)).toEqual(vector.result);
  },
  fromResult(format, vector) {
    const got = format.fromResult(vector.result!);
    expect({ ...got, body: Buffer.from(got.body) }).toEqual({
      ...vector.response,
      body: Buffer.from(bytesOf(vector.response!.body)),
    });
  },
};

test('an unknown name is answered with the known ones', () => {
  expect(() => formatByName('aws-v3')).toThrow(
    new EventError(
      'unknown event format "aws-v3"; known: tencent-apigw, tencent-url, aws-v1, aws-v2, aws-alb, aws-lattice, alibaba-fc',
    ),
  );
});
