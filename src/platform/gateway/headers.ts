import type { Headers } from '../../events/types.ts';

/** Connection-level headers (RFC 9110, 7.6.1): they belong to one hop and are never passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers without those of one hop; `Content-Length` goes too, unless it is to be kept. */
export function dropHopByHop(headers: Headers, keepLength = false): Headers {
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && (keepLength || lower !== 'content-length');
  });
}
