import { expect, it } from 'vitest';

import { deferred } from '../../src/platform/deferred.ts';
import type { Instance } from '../../src/platform/instances/instance.ts';
import { countSpare, releaseSpare, roomForSpare } from '../../src/platform/instances/spare-budget.ts';

/** This very process, as an instance: what it takes is more than 10 MB. */
function spare(): { instance: Instance; end: () => void } {
  const exited = deferred<void>();
  const instance = { kind: 'event', pid: process.pid, exited: exited.promise } as unknown as Instance;
  return { instance, end: () => exited.resolve() };
}

it.runIf(process.platform === 'linux')(
  'has room until the spares take what they may, and again when one has gone',
  async () => {
    expect(roomForSpare(10)).toBe(true);
    const [first, second] = [spare(), spare()];
    countSpare(first.instance);
    countSpare(second.instance);
    expect(roomForSpare(10)).toBe(false);
    expect(roomForSpare(1e6)).toBe(true);
    releaseSpare(first.instance);
    expect(roomForSpare(10)).toBe(false);
    second.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(roomForSpare(10)).toBe(true);
  },
);
