import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** What Lambda gives an account that asks for nothing. */
const ACCOUNT_INSTANCES = 1000;

/** Pools are per process, and functions have many. */
export const connections: Rule = (facts) => {
  const places = traitsOf(facts, 'pool').filter(({ value = 0 }) => value > 1);
  if (places.length === 0) return [];
  const each = places.reduce((sum, { value = 0 }) => sum + value, 0);
  const instances = facts.instances ?? ACCOUNT_INSTANCES;
  return [
    {
      id: 'database-connections',
      severity: 'low',
      title: `Each instance may open ${each} database connections`,
      evidence: places.map((place) => {
        const { place: where, text } = evidenceOf(place);
        return { place: where, text: `${text}   (${place.what}: up to ${place.value})` };
      }),
      effect: `Up to ${each} × ${instances} instances = ${each * instances} connections in a burst${facts.instances === undefined ? ' (1000 instances are what an AWS account gets at first)' : ''}; PostgreSQL takes 100 unless told otherwise. An instance serves one request at a time, so most of a pool is never used.`,
      change: `Set the pool to 1 or 2 connections, bound the instances (concurrency: in ropeway.yml), or put a proxy in between (RDS Proxy, PgBouncer).`,
      appliable: false,
    },
  ];
};
