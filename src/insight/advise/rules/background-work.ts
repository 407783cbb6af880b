import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** Work that is not done when the answer is. */
export const backgroundWork: Rule = (facts) => {
  const places = traitsOf(facts, 'background');
  if (places.length === 0) return [];
  return [
    {
      id: 'background-work',
      severity: 'medium',
      title: `Work goes on beside requests (${[...new Set(places.map(({ what }) => what))].slice(0, 3).join(', ')})`,
      evidence: places.map(evidenceOf).slice(0, 8),
      effect:
        'Between requests a cloud stops an instance: threads, timers and tasks stand still, go on with the next request, or never, when there is none. What runs on a schedule runs once per instance.',
      change:
        'Do it before the answer, or hand it to a queue and a function of its own; what runs on a schedule becomes a function with a timer.',
      appliable: false,
    },
  ];
};
