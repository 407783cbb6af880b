import type { Route } from '../../runtimes/protocol.ts';

/** The first of an app's routes that takes a request; undefined where it cannot be told. `path` without its query. */
export function routeOf(routes: readonly Route[] | null, method: string, path: string): Route | undefined {
  return (routes ?? []).find(
    ({ methods, path: pattern }) =>
      (methods.length === 0 || methods.includes('ANY') || methods.includes(method)) &&
      (expressionOf(pattern)?.test(decoded(path)) ?? false),
  );
}

/** Whether a route's pattern stands for one path. */
export function isPlainPath(pattern: string): boolean {
  return /^\/[\w./~-]*$/.test(pattern);
}

/** The fixed beginning of a pattern, whole segments: `/hello` of `/hello/<name>`; '' when the first one is a parameter. */
export function fixedPart(pattern: string): string {
  const segments = pattern.replace(/\$$/, '').split('/').slice(1);
  const end = segments.findIndex((segment) => !/^[\w.~-]*$/.test(segment));
  const fixed = (end === -1 ? segments : segments.slice(0, end)).filter((segment) => segment !== '');
  return fixed.map((segment) => `/${segment}`).join('');
}

/** Where frameworks put parameters: `<name>`, `<int:id>`, `{id}`, `{rest:path}`, `:id`, `*`, `{*rest}`, or a regular expression of Django. */
const PARAMETER =
  /<(?:(\w+)(?:\([^)]*\))?:)?\w+>|\{\*\w+\}|\{\w+(?::(\w+))?\}|:\w+(?:\([^)]*\))?[?*+]?|\*\w*/g;

function expressionOf(pattern: string): RegExp | undefined {
  try {
    if (/\(\?P<|\$$/.test(pattern)) {
      return new RegExp(`^${pattern.replaceAll('(?P<', '(?<').replace(/\$?$/, '$')}`);
    }
    let source = '';
    let from = 0;
    for (const match of pattern.matchAll(PARAMETER)) {
      const [text, converter, typed] = match;
      const isLong =
        /^(?:\*|\{\*)/.test(text) || converter === 'path' || typed === 'path' || text.endsWith('*');
      source += escaped(pattern.slice(from, match.index)) + (isLong ? '.*' : '[^/]+');
      from = match.index + text.length;
    }
    return new RegExp(`^${source}${escaped(pattern.slice(from))}/?$`);
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
