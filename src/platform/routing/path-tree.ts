import { type PathPattern, pathSegments } from './pattern.ts';

/** Finds the most special of many patterns in the time of one. */
export interface PathTree<T> {
  /** The value of an equal pattern that is there already (`{id}` and `{name}` are equal), and then nothing changes. */
  add(pattern: PathPattern, value: T): T | undefined;
  find(path: string): T | undefined;
}

interface Node<T> {
  texts: Map<string, Node<T>>;
  any?: Node<T>;
  /** What ends here, and what is open from here. */
  exact?: T;
  open?: T;
}

/** Segment by segment, equal text wins over `{name}`, and that over `*`: the longest match first. */
export function createPathTree<T>(): PathTree<T> {
  const root: Node<T> = { texts: new Map() };
  return {
    add: (pattern, value) => {
      let node = root;
      for (const segment of pattern.segments) {
        const next = (segment.kind === 'any' ? node.any : node.texts.get(segment.text)) ?? {
          texts: new Map<string, Node<T>>(),
        };
        if (segment.kind === 'any') node.any = next;
        else node.texts.set(segment.text, next);
        node = next;
      }
      const place = pattern.open ? 'open' : 'exact';
      if (node[place] !== undefined) return node[place];
      node[place] = value;
      return undefined;
    },
    find: (path) => find(root, pathSegments(path), 0),
  };
}

function find<T>(node: Node<T>, segments: string[], index: number): T | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.exact ?? node.open;
  const text = node.texts.get(segment);
  const found = text && find(text, segments, index + 1);
  if (found !== undefined) return found;
  // An empty segment (`/users/`) is no value of `{id}`.
  const any = segment !== '' && node.any ? find(node.any, segments, index + 1) : undefined;
  return any ?? node.open;
}
