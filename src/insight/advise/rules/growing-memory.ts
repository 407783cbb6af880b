import type { Finding } from '../../types.ts';
import type { Rule } from '../rule.ts';

/** KB per request from which on an instance does not live long. */
const LEAST_KB = 50;

/** Routes after which memory stays taken. */
export const growingMemory: Rule = (facts) =>
  (facts.profile?.routes ?? [])
    .filter(({ failed, growthKbPerRequest }) => failed === undefined && growthKbPerRequest >= LEAST_KB)
    .map(({ request, route, growthKbPerRequest: each, peakMb }): Finding => {
      const memory = facts.memory ?? facts.defaultMemory;
      const requests = Math.max(0, Math.floor(((memory - peakMb) * 1024) / each));
      return {
        id: 'growing-memory',
        severity: 'medium',
        title: `${request} leaves ${Math.round(each)} KB in memory each time`,
        evidence: [
          { place: route ?? request, text: `${each.toFixed(1)} KB more after each of its requests` },
        ],
        effect: `An instance with ${memory} MB is ended after about ${requests} of them, in the middle of a request.`,
        change:
          'Look for what is kept: caches without a bound, lists at module level, listeners that are added and never taken off.',
        appliable: false,
      };
    });
