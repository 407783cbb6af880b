import { RopewayError } from '../../lib/errors.ts';

export interface SplitUrl {
  protocol: 'http:' | 'https:';
  /** `http://host:port`, without credentials. */
  origin: string;
  /** As in the Host header. */
  authority: string;
  /** Without the brackets of IPv6. */
  hostname: string;
  port: number;
  /** Path and query as written (`..` stays), but what HTTP cannot carry is percent-encoded as UTF-8. */
  path: string;
  /** `user:password` of the address. */
  credentials: string | undefined;
}

/** Takes an absolute address apart without rewriting its path. @throws RopewayError `BAD_ADDRESS` */
export function splitUrl(url: string): SplitUrl {
  const found = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(url);
  const parsed = found === null ? undefined : parse(`${found[1]}://${found[2]}`);
  if (found === null || parsed === undefined) {
    throw new RopewayError({
      code: 'BAD_ADDRESS',
      message: `Not an http address: ${url}`,
      expected: 'http://host:port/path',
      got: url,
      fix: 'correct the address',
    });
  }
  const protocol = parsed.protocol === 'https:' ? 'https:' : 'http:';
  const path = found[3] ?? '';
  return {
    protocol,
    origin: `${protocol}//${parsed.host}`,
    authority: parsed.host,
    hostname: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(parsed.port),
    path: encodePath(path.startsWith('/') ? path : `/${path}`),
    credentials:
      parsed.username === ''
        ? undefined
        : `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`,
  };
}

/** True for addresses of this machine. */
export function isLoopback(url: string): boolean {
  const host = /^(?:https?:\/\/)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url)?.[1] ?? '';
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i.test(host);
}

/** Base and path in one, with one slash between them. */
export function joinUrl(base: string, path: string): string {
  const start = base.replace(/\/+$/, '');
  return path.startsWith('/') || path.startsWith('?') ? start + path : `${start}/${path}`;
}

/** The path with its blanks and control characters percent-encoded; letters of any script stay readable. */
export function escapeBlanks(path: string): string {
  return path.replaceAll(/[\s\p{Cc}]+/gu, percentEncode);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function encodePath(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]+/g, percentEncode);
}

function percentEncode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
