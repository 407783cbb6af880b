import { malformed, wellFormed } from './json.ts';
import type { JsonValue } from './types.ts';

interface PrefixSettings {
  /** `API_GATEWAY_BASE_PATH`: first path segments that a custom domain maps to the function. */
  basePath: string;
  /** `STRIP_STAGE_PATH`: the app must not know of the stage. */
  hideStage: boolean;
}

let settings: PrefixSettings;
configurePrefix(process.env);

/** Reads the two variables that say how the app is mounted; done once, when this file is loaded. */
export function configurePrefix(env: Record<string, string | undefined>): void {
  settings = {
    basePath: (env['API_GATEWAY_BASE_PATH'] ?? '').replaceAll(/^\/+|\/+$/g, ''),
    hideStage: ['1', 'true', 'yes', 'on', 't', 'y'].includes((env['STRIP_STAGE_PATH'] ?? '').toLowerCase()),
  };
}

/**
 * Path and raw query of an event whose path may have a query inside. A path that arrives decoded (`/日本`) is encoded;
 * one that is encoded stays to the letter. Throws `EventError` when it is no text.
 */
export function readTarget(value: JsonValue | undefined, query: string): { path: string; query: string } {
  if (value === undefined || value === null || value === '') return { path: '/', query };
  if (typeof value !== 'string') throw malformed('path', 'a string', value);
  const mark = value.indexOf('?');
  const path = encodeUnsafe(mark === -1 ? value : value.slice(0, mark));
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    query: mark === -1 ? query : joinQueries(encodeUnsafe(value.slice(mark + 1)), query),
  };
}

/** Both parts of a query that arrived in two places, the same one once. */
function joinQueries(first: string, second: string): string {
  if (first === '' || first === second) return second;
  return second === '' ? first : `${first}&${second}`;
}

/**
 * Removes `prefix` (no slashes around it) from a path when it is there as whole segments: `foo` is
 * no prefix of `/foobar`, and `/foo` becomes `/`. Undefined when it is not there.
 */
export function withoutPrefix(path: string, prefix: string): string | undefined {
  const end = prefix.length + 1;
  if (prefix === '' || !path.startsWith(prefix, 1)) return undefined;
  if (path.length === end) return '/';
  return path[end] === '/' ? path.slice(end) : undefined;
}

/**
 * What of the path is the app's, and the prefix under which clients see the app. `inPath` says that
 * this gateway leaves the stage in the path.
 */
export function mount(
  path: string,
  host: string | undefined,
  stage: string,
  inPath: boolean,
): { path: string; stage: string } {
  const { basePath, hideStage } = settings;
  if (basePath !== '') {
    const rest = withoutPrefix(path, basePath);
    if (rest !== undefined) return { path: rest, stage: basePath };
  }
  if (stage === '') return { path, stage };
  const rest = inPath ? withoutPrefix(path, stage) : undefined;
  return { path: rest ?? path, stage: !hideStage && showsStage(host) ? stage : '' };
}

const GATEWAY_HOST =
  /\.(amazonaws\.com|amazonaws\.com\.cn|apigw\.tencentcs\.com|apigateway\.myqc?loud\.com)(:\d+)?$/i;
/** An address, a bare or a local name: no custom domain can be one, so this is a gateway without DNS. */
const LOCAL_HOST = /^(\[[\da-f:.]+\]|[\d.]+|[^.]+|.+\.localhost|.+\.local)(:\d+)?$/i;

/** Clients see the stage in the URL on the gateway's own domain; a custom domain is mapped to the stage. */
function showsStage(host: string | undefined): boolean {
  return host !== undefined && (GATEWAY_HOST.test(host) || LOCAL_HOST.test(host));
}

// oxlint-disable-next-line no-control-regex -- everything that may not stand in a URL as it is
const UNSAFE = /[^\x21-\x7e]+|#/;

/** Percent-encodes what may not stand in a URL as it is, and nothing else. */
export function encodeUnsafe(path: string): string {
  if (!UNSAFE.test(path)) return path;
  return path.replaceAll(new RegExp(UNSAFE, 'g'), (text) => encodeURIComponent(wellFormed(text)));
}

/** The text that a percent-encoded one stands for; undefined when it is none, or no UTF-8. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
