import fc from 'fast-check';
import { expect, it } from 'vitest';

import { learn, worthStarting } from '../../src/platform/scheduler/worth-starting.ts';

const node = { startMs: 300, serviceMs: 1 };

it.each([
  ['nothing serves yet', node, { requests: 1, longestMs: 0, places: 0 }, true],
  [
    'nothing is known',
    { startMs: undefined, serviceMs: undefined },
    { requests: 9, longestMs: 0, places: 1 },
    true,
  ],
  ['starts are cheap', { startMs: 8, serviceMs: 1 }, { requests: 2, longestMs: 0, places: 1 }, true],
  ['they are served before it has loaded', node, { requests: 250, longestMs: 0, places: 1 }, false],
  ['they are not', node, { requests: 350, longestMs: 0, places: 1 }, true],
  ['two serve them', node, { requests: 350, longestMs: 0, places: 2 }, false],
  ['one has waited as long as a start takes', node, { requests: 1, longestMs: 300, places: 1 }, true],
])('an instance more when %s', (_, seen, waiting, worth) => {
  expect(worthStarting(seen, waiting)).toBe(worth);
});

it('nobody waits for ever, and more requests are never less of a reason', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  const count = fc.integer({ min: 1, max: 1e4 });
  fc.assert(
    fc.property(ms, ms, ms, count, count, count, (startMs, serviceMs, longestMs, requests, more, places) => {
      const seen = { startMs, serviceMs };
      if (longestMs >= startMs) expect(worthStarting(seen, { requests, longestMs, places })).toBe(true);
      if (worthStarting(seen, { requests, longestMs, places })) {
        expect(worthStarting(seen, { requests: requests + more, longestMs, places })).toBe(true);
      }
    }),
  );
});

it('learns from what it sees, the last most', () => {
  expect(learn(undefined, 40)).toBe(40);
  const before = learn(40, 40);
  expect(before).toBe(40);
  expect(learn(before, 140)).toBe(60);
});
