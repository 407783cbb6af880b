import { findChromium } from '../../scripts/lib/chromium.mjs';
import { cloudsPython, testPython } from './python.ts';

/**
 * Installs, before any test has a clock running, what many of them need. With TEST_INSTALL=all (as `npm test` has it) also the browser, and it begins with what
 * takes longest and only some need: it is there by the time they come to it. What cannot be installed is told by the tests that need it.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const quietly = (install: Promise<unknown>): Promise<unknown> => install.catch(() => undefined);
  const all = process.env['TEST_INSTALL'] === 'all';
  await quietly(testPython());
  const rest = all ? quietly(cloudsPython()) : undefined;
  if (all) await quietly(Promise.resolve().then(findChromium));
  return async () => void (await rest);
}
