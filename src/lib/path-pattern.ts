/**
 * A route's path: segments that must be equal, `{name}` for any one segment, and `*` at the end for everything below.
 * `/shop/*` takes `/shop`, too.
 */
export interface PathPattern {
  /** As it was written. */
  text: string;
  segments: Segment[];
  /** Ends with `*`. */
  open: boolean;
}

export type Segment = { kind: 'text'; text: string } | { kind: 'any' };

/** Undefined when the text is no pattern; `PATTERN_FORM` says what is one. */
export function parsePattern(text: string): PathPattern | undefined {
  if (!/^\/[\x21-\x7e]*$/.test(text) || /[?#]/.test(text)) return undefined;
  const parts = text.slice(1).split('/');
  const open = parts.at(-1) === '*';
  if (open) parts.pop();
  const segments = parts.map(parseSegment);
  return segments.every((segment) => segment !== undefined) ? { text, segments, open } : undefined;
}

export const PATTERN_FORM = 'a path such as /, /about, /users/{id} or /shop/* (* only as the last segment)';

/** The same for patterns that take the same paths: `/a/{id}` and `/a/{name}`. */
export function patternKey({ segments, open }: PathPattern): string {
  const parts = segments.map((segment) => (segment.kind === 'any' ? '{}' : segment.text));
  return `/${[...parts, ...(open ? ['*'] : [])].join('/')}`;
}

/** Whether every path that the second one takes is one of the first. */
export function covers(outer: PathPattern, inner: PathPattern): boolean {
  const isLong = inner.segments.length >= outer.segments.length;
  const isAsLong = inner.segments.length === outer.segments.length && !inner.open;
  if (outer.open ? !isLong : !isAsLong) return false;
  return outer.segments.every((segment, index) => {
    const other = inner.segments[index]!;
    // An empty segment (`/users/`) is no value of `{id}`.
    if (segment.kind === 'any') return other.kind === 'any' || other.text !== '';
    return other.kind === 'text' && other.text === segment.text;
  });
}

/** A path's segments as patterns are compared with them: `/a%2Db/` gives `a-b` and an empty one. */
export function pathSegments(path: string): string[] {
  return (path.startsWith('/') ? path.slice(1) : path).split('/').map(normalized);
}

function parseSegment(part: string): Segment | undefined {
  if (/^\{\w+\}$/.test(part)) return { kind: 'any' };
  return /[*{}]/.test(part) ? undefined : { kind: 'text', text: normalized(part) };
}

/** `%41` and `A` are the same (RFC 3986, 6.2.2.2): no spelling of a path gets around a route. */
function normalized(segment: string): string {
  if (!segment.includes('%')) return segment;
  return segment.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(char) ? char : escape.toUpperCase();
  });
}
