import { type PathPattern, pathSegments } from '../../lib/path-pattern.ts';

/** Finds the most special of many patterns in the time of one. */
export interface PathTree<T> {
  /** What belongs to a pattern, made when it is asked for first; `{id}` and `{name}` are the same pattern. */
  at(pattern: PathPattern, make: () => T): T;
  /** What `take` makes of the most special pattern that takes the path; undefined: the next less special one is asked. */
  find<R>(path: string, take: (value: T) => R | undefined): R | undefined;
}

interface Node<T> {
  texts: Map<string, Node<T>>;
  any?: Node<T>;
  /** What ends here, and what is open from here. */
  exact?: T;
  open?: T;
}

/** Segment by segment, equal text wins over `{name}`, and that over `*`: the longest match first. */
export function createPathTree<T extends object>(): PathTree<T> {
  const root: Node<T> = { texts: new Map() };
  return {
    at: (pattern, make) => {
      let node = root;
      for (const segment of pattern.segments) {
        const next = (segment.kind === 'any' ? node.any : node.texts.get(segment.text)) ?? {
          texts: new Map<string, Node<T>>(),
        };
        if (segment.kind === 'any') node.any = next;
        else node.texts.set(segment.text, next);
        node = next;
      }
      return (node[pattern.open ? 'open' : 'exact'] ??= make());
    },
    find: (path, take) => find(root, pathSegments(path), 0, take),
  };
}

function find<T, R>(
  node: Node<T>,
  segments: string[],
  index: number,
  take: (value: T) => R | undefined,
): R | undefined {
  const segment = segments[index];
  const open = (): R | undefined => (node.open === undefined ? undefined : take(node.open));
  if (segment === undefined) return (node.exact === undefined ? undefined : take(node.exact)) ?? open();
  const text = node.texts.get(segment);
  const found = text && find(text, segments, index + 1, take);
  if (found !== undefined) return found;
  // An empty segment (`/users/`) is no value of `{id}`.
  const any = segment !== '' && node.any ? find(node.any, segments, index + 1, take) : undefined;
  return any ?? open();
}
