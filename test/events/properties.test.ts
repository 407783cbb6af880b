import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { detectFormat, eventFormats } from '../../src/events/list.ts';
import { EventError, type JsonObject, type JsonValue } from '../../src/events/types.ts';
import { body, CARRIED, headers, joined, json, nearEvent, QUERY, request } from './arbitraries.ts';

for (const format of eventFormats) {
  describe(format.name, () => {
    test('a request survives the event', () => {
      fc.assert(
        fc.property(request, (sent) => {
          const event = JSON.parse(JSON.stringify(format.toEvent(sent))) as JsonObject;
          expect(detectFormat(event)?.name).toBe(format.name);
          const got = format.toRequest(event);
          expect(Buffer.from(got.body)).toEqual(Buffer.from(sent.body));
          expect(joined(got.headers)).toEqual(joined(sent.headers));
          const { method, scheme, remoteAddress } = sent;
          const query = (QUERY[format.name] ?? ((raw) => raw))(sent.query);
          expect(got).toMatchObject({ method, path: sent.path, query, scheme, remoteAddress });
          for (const key of CARRIED[format.name] ?? []) expect(got[key]).toBe(sent[key]);
        }),
      );
    });

    test('a response survives the result', () => {
      const response = fc.record({ status: fc.integer({ min: 200, max: 599 }), headers, body });
      fc.assert(
        fc.property(response, (sent) => {
          const got = format.fromResult(JSON.parse(JSON.stringify(format.toResult(sent))) as JsonValue);
          expect(got.status).toBe(sent.status);
          expect(Buffer.from(got.body)).toEqual(Buffer.from(sent.body));
          expect(joined(got.headers, ', ')).toEqual(joined(sent.headers, ', '));
        }),
      );
    });

    test('any JSON gives a value or an EventError', () => {
      fc.assert(
        fc.property(fc.oneof(json, nearEvent), (value) => {
          detectFormat(value);
          valueOrEventError(() => format.fromResult(value));
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
            valueOrEventError(() => format.toRequest(value));
          }
        }),
        { numRuns: 1000 },
      );
    });
  });
}

function valueOrEventError(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(EventError);
  }
}
