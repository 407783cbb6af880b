// test/conformance/exclusions.json: tests that cannot pass through events, each with its reason.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../lib/run.mjs';

/** `{ suite, test, reason, formats? }`; without `formats` it is for every format. */
export function loadExclusions() {
  const exclusions = JSON.parse(readFileSync(join(root, 'test/conformance/exclusions.json'), 'utf8'));
  for (const exclusion of exclusions) {
    for (const key of ['suite', 'test', 'reason']) {
      if (typeof exclusion[key] !== 'string' || exclusion[key] === '') {
        throw new Error(`exclusions.json: ${JSON.stringify(exclusion)} has no ${key}`);
      }
    }
  }
  return exclusions;
}

/** Test → reason, for one suite and one format. */
export function reasonsFor(exclusions, suite, format) {
  const fitting = exclusions.filter(
    (exclusion) => exclusion.suite === suite && (exclusion.formats?.includes(format) ?? true),
  );
  return new Map(fitting.map(({ test, reason }) => [test, reason]));
}
