import type { Finding } from '../../types.ts';
import { type AppFacts, evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** What requests keep in the memory of a process. */
export const inProcessState: Rule = (facts) => [
  ...one(facts, 'session', {
    id: 'in-process-sessions',
    severity: 'high',
    title: 'Sessions are kept in the memory or the files of one process',
    effect:
      'With two instances every other request finds nobody logged in; with none, after some minutes without requests, nobody is.',
    change: 'Keep sessions in a signed cookie, or in a store that all instances reach (Redis, a database).',
  }),
  ...one(facts, 'state', {
    id: 'in-process-state',
    severity: 'high',
    title: 'Requests change variables that other requests read',
    effect:
      'Each instance has its own copy, and loses it when it ends: what one request has stored, the next one may not find.',
    change: 'Keep it in a database or a key-value store.',
  }),
  ...one(facts, 'cache', {
    id: 'in-process-cache',
    severity: 'low',
    title: 'A cache or a counter lives in the memory of one process',
    effect:
      'Each instance has its own, empty at every cold start: fewer hits, and limits that count per instance.',
    change: 'Where that matters, use a store that all instances reach (Redis, Memcached).',
  }),
];

function one(facts: AppFacts, kind: string, finding: Omit<Finding, 'evidence' | 'appliable'>): Finding[] {
  const places = traitsOf(facts, kind);
  return places.length === 0
    ? []
    : [{ ...finding, evidence: places.map(evidenceOf).slice(0, 8), appliable: false }];
}
