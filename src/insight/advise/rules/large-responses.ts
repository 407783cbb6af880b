import type { Finding } from '../../types.ts';
import type { Rule } from '../rule.ts';
import { size } from '../shown.ts';

/** Bytes of an answer that pass: 6 MB of result. */
const LIMIT = 6 * 1024 * 1024;
const LARGE = 1024 * 1024;

/** Answers near or over what a function may return. */
export const largeResponses: Rule = ({ profile }) =>
  (profile?.routes ?? [])
    .filter(({ responseBytes }) => responseBytes >= LARGE)
    .map(({ request, route, responseBytes }): Finding => ({
      id: 'large-response',
      severity: responseBytes > (LIMIT * 3) / 4 ? 'high' : 'medium',
      title: `${request} answers with ${size(responseBytes)}`,
      evidence: [{ place: route ?? request, text: `${size(responseBytes)} in one answer` }],
      effect: `A function returns 6 MB at most, of what is no text 4.5 MB (base64)${responseBytes > (LIMIT * 3) / 4 ? ': this one fails, or soon will' : ''}. The function is paid for while the answer goes out.`,
      change:
        'Redirect to the file in object storage (a signed address), answer in pages, or compress; where the target streams answers, up to 200 MB pass on Lambda.',
      appliable: false,
    }));
