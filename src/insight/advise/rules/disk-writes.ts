import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** Files that are written where nothing can be written. */
export const diskWrites: Rule = (facts) => {
  const places = traitsOf(facts, 'write');
  if (places.length === 0) return [];
  const paths = [...new Set(places.flatMap(({ path }) => (path === undefined || path === '' ? [] : [path])))];
  return [
    {
      id: 'read-only-disk',
      severity: 'high',
      title: `The app writes files${paths.length === 0 ? '' : ` (${paths.slice(0, 3).join(', ')})`}, and a function's disk is read-only`,
      evidence: places.map(evidenceOf).slice(0, 8),
      effect:
        'In a cloud this fails with "Read-only file system"; only /tmp can be written (512 MB), and what is there belongs to one instance and goes with it. `ropeway dev` runs the folder itself, so it works here.',
      change:
        'Keep what is to stay in object storage or a database; write what is needed for one request below the folder of temporary files (tempfile, os.tmpdir()).',
      appliable: false,
    },
  ];
};
