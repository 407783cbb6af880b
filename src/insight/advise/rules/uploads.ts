import type { Finding } from '../../types.ts';
import { evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** Bytes of a file that still pass: 6 MB of event, in which what is no text stands as base64. */
const PASSES = Math.floor((6 * 1024 * 1024 * 3) / 4);

/** Uploads through a function end at 6 MB. */
export const uploads: Rule = (facts) => {
  const places = traitsOf(facts, 'upload');
  const limits = traitsOf(facts, 'upload-limit');
  if (places.length === 0 || (limits.length > 0 && limits.every(({ value = 0 }) => value <= PASSES)))
    return [];
  return [
    {
      id: 'uploads',
      severity: 'medium',
      title: 'Uploads go through the function, which takes 6 MB at most',
      evidence: onePerLine([...places, ...limits].map(evidenceOf)).slice(0, 8),
      effect:
        'A request body over 6 MB is refused before the app sees it (413); of a file that is no text 4.5 MB pass, as base64 in the event. The function also waits, and is paid for, while the file comes.',
      change:
        'Let the browser send files to object storage itself, with an address that the app signs (S3 presigned URL, COS signature), and hand over the key. Or bound what is taken to 4.5 MB.',
      appliable: false,
    },
  ];
};

/** A limit may stand in the line of what it bounds. */
function onePerLine(evidence: Finding['evidence']): Finding['evidence'] {
  return [...new Map(evidence.map((one) => [one.place, one])).values()];
}
