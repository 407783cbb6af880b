import type { IncomingMessage } from 'node:http';

import type { Headers } from '../../events/types.ts';

/** What browsers on other origins may do with a route; the names are those of the clouds' function URLs. */
export interface Cors {
  /** `https://shop.example.com`, or `*` for all. */
  allowOrigins: string[];
  /** Default: the method that is asked for. */
  allowMethods?: string[] | undefined;
  /** Default: the headers that are asked for. */
  allowHeaders?: string[] | undefined;
  exposeHeaders?: string[] | undefined;
  /** Cookies and authorization may be sent. Default false. */
  allowCredentials?: boolean | undefined;
  /** Seconds that a browser may remember the answer. Default: the browser's own (5). */
  maxAge?: number | undefined;
}

/** Whether this is a browser's question before the request itself (Fetch standard, CORS-preflight). */
export function isPreflight({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** The answer to a preflight; without the headers the browser refuses. */
export function preflightHeaders(cors: Cors, { headers }: Pick<IncomingMessage, 'headers'>): Headers {
  const allowed = originHeaders(cors, headers.origin);
  if (!allowed.some(([name]) => name === 'Access-Control-Allow-Origin')) return allowed;
  const methods = cors.allowMethods?.join(', ') ?? String(headers['access-control-request-method']);
  const names = cors.allowHeaders?.join(', ') ?? headers['access-control-request-headers'];
  return [
    ...allowed,
    ['Access-Control-Allow-Methods', methods],
    ...(names === undefined ? [] : ([['Access-Control-Allow-Headers', names]] as Headers)),
    ...(cors.maxAge === undefined ? [] : ([['Access-Control-Max-Age', String(cors.maxAge)]] as Headers)),
  ];
}

/** An answer's headers with the route's in place of what the app said about origins, as function URLs do. */
export function withCors(cors: Cors, origin: string | undefined, headers: Headers): Headers {
  const own = headers.filter(([name]) => !/^access-control-/i.test(name));
  const added = originHeaders(cors, origin);
  const allowed = added.length > 1 || added[0]?.[0] === 'Access-Control-Allow-Origin';
  if (allowed && cors.exposeHeaders !== undefined && cors.exposeHeaders.length > 0) {
    added.push(['Access-Control-Expose-Headers', cors.exposeHeaders.join(', ')]);
  }
  return [...own, ...added];
}

function originHeaders(cors: Cors, origin: string | undefined): Headers {
  const all = cors.allowOrigins.includes('*');
  // With `*` for everyone alike no cache has to tell origins apart.
  const vary: Headers = all && cors.allowCredentials !== true ? [] : [['Vary', 'Origin']];
  if (origin === undefined) return vary;
  const isAllowed = all || cors.allowOrigins.some((one) => one.toLowerCase() === origin.toLowerCase());
  if (!isAllowed) return vary;
  return [
    // `*` is not allowed beside credentials.
    ['Access-Control-Allow-Origin', all && cors.allowCredentials !== true ? '*' : origin],
    ...(cors.allowCredentials === true ? ([['Access-Control-Allow-Credentials', 'true']] as Headers) : []),
    ...vary,
  ];
}
