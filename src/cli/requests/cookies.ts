import { isLoopback, splitUrl } from './url.ts';
import type { HeaderList } from './types.ts';

/** Keeps the cookies of answers for later requests, in memory. */
export interface CookieJar {
  /** The headers with the cookies that belong to the address, behind those already there. */
  addTo(headers: HeaderList, url: string): HeaderList;
  /** Takes the Set-Cookie headers of an answer. */
  keep(headers: HeaderList, url: string): void;
}

interface Cookie {
  name: string;
  value: string;
  /** Host, or with a Domain attribute the domain whose hosts get it. */
  domain: string;
  subdomains: boolean;
  path: string;
  secure: boolean;
  /** Time in ms after which it is gone; Infinity without a limit. */
  expires: number;
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    addTo: (headers, url) => {
      const fitting = [...cookies.values()].filter((cookie) => fits(cookie, url));
      if (fitting.length === 0) return headers;
      // Longer paths first, as browsers do.
      const own = fitting
        .sort((a, b) => b.path.length - a.path.length)
        .map(({ name, value }) => `${name}=${value}`);
      const given = headers.filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value);
      const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
      return [...others, ['Cookie', [...given, ...own].join('; ')]];
    },
    keep: (headers, url) => {
      for (const [header, text] of headers) {
        const cookie = header.toLowerCase() === 'set-cookie' ? parseCookie(text, url) : undefined;
        if (cookie !== undefined) cookies.set(`${cookie.domain} ${cookie.path} ${cookie.name}`, cookie);
      }
    },
  };
}

/** One Set-Cookie header; undefined for a cookie that this host must not set. */
function parseCookie(text: string, url: string): Cookie | undefined {
  const [pair = '', ...rest] = text.split(';');
  const at = pair.indexOf('=');
  if (at < 1) return undefined;
  const attributes = new Map(rest.map(parseAttribute));
  const { hostname, path } = splitUrl(url);
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
  if (domain !== undefined && domain !== '' && !within(hostname, domain)) return undefined;
  const cookiePath = attributes.get('path');
  return {
    name: pair.slice(0, at).trim(),
    value: pair.slice(at + 1).trim(),
    domain: domain || hostname,
    subdomains: Boolean(domain),
    path: cookiePath?.startsWith('/') ? cookiePath : defaultPath(path),
    secure: attributes.has('secure'),
    expires: expiry(attributes),
  };
}

function parseAttribute(text: string): [string, string] {
  const [name = '', ...value] = text.split('=');
  return [name.trim().toLowerCase(), value.join('=').trim()];
}

function expiry(attributes: Map<string, string>): number {
  const age = attributes.get('max-age');
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0 ? 0 : Date.now() + Number(age) * 1000;
  const date = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(date) ? Infinity : date;
}

/** The folder of the path: `/a/b?c` → `/a`. */
function defaultPath(path: string): string {
  return /^(\/.*)\/[^/]*$/.exec(path.replace(/\?.*$/s, ''))?.[1] ?? '/';
}

function fits(cookie: Cookie, url: string): boolean {
  const { hostname, path, protocol, origin } = splitUrl(url);
  const place = path.replace(/\?.*$/s, '');
  const hostFits = cookie.subdomains ? within(hostname, cookie.domain) : hostname === cookie.domain;
  const pathFits = place === cookie.path || place.startsWith(cookie.path.replace(/\/?$/, '/'));
  const safe = !cookie.secure || protocol === 'https:' || isLoopback(origin);
  return hostFits && pathFits && safe && cookie.expires > Date.now();
}

function within(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
