import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** A database in a file of the app's folder. */
export const sqlite: Rule = (facts) => {
  const places = traitsOf(facts, 'sqlite');
  if (places.length === 0) return [];
  return [
    {
      id: 'sqlite-on-read-only-disk',
      severity: 'high',
      title: 'SQLite keeps its database in a file, and a function’s disk is read-only',
      evidence: places.map(evidenceOf).slice(0, 8),
      effect:
        'Reading works with the file as it was packed; every write fails ("attempt to write a readonly database"). Below /tmp each instance would have a database of its own, gone when it ends.',
      change:
        'Use a database that is reached over the network (PostgreSQL, MySQL, a key-value store) by a variable of the environment; a database that is only read may stay, opened read-only.',
      appliable: false,
    },
  ];
};
