import fc from 'fast-check';
import { expect, it } from 'vitest';

import { encodeFrameHead, frameReader, type Frame } from '../../src/runtimes/frames.ts';

it('reads back any frames, however the bytes are cut (property)', () => {
  const frame = fc.record({ head: fc.jsonValue(), body: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.flatMap(({ head, body }) => [encodeFrameHead(head, body.length), Buffer.from(body)]),
        );
        const received: Frame[] = [];
        const read = frameReader((one) => received.push({ head: one.head, body: Buffer.from(one.body) }));
        for (let offset = 0, turn = 0; offset < bytes.length; turn += 1) {
          const end = offset + cuts[turn % cuts.length]!;
          read(bytes.subarray(offset, end));
          offset = end;
        }
        const plain = frames.map(({ head, body }) => ({
          head: JSON.parse(JSON.stringify(head)) as unknown,
          body: Buffer.from(body),
        }));
        expect(received).toEqual(plain);
      },
    ),
    { numRuns: 1000 },
  );
});

it('refuses bytes that are not frames', () => {
  const read = frameReader(() => undefined);
  expect(() => read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('not the instance protocol');
});
