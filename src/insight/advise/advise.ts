import type { Finding } from '../types.ts';
import type { AppFacts } from './facts.ts';
import { RULES } from './rules/list.ts';

export const SEVERITIES = ['high', 'medium', 'low'] as const;

/** What there is to say of an app, what will fail or costs most first. */
export function findingsOf(facts: AppFacts): Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return RULES.flatMap((rule) => rule(facts)).sort((a, b) => rank(a) - rank(b));
}
