/** What the name in a `${…}` stands for. */
export type Target =
  | { kind: 'env'; name: string }
  | { kind: 'stage' }
  /** Of the file; with `self:` never of a component's outputs. */
  | { kind: 'path'; path: string[]; self: boolean };

/** Names that the file's own keys cannot take away. */
export const RESERVED = ['env', 'self', 'opt', 'stage'];

/** `env.X`, `env:X`, `stage`, `opt:stage`, `self:key.path`, `key.path`, `key.list.0` or `key.list[0]`; undefined for others. */
export function parseName(name: string): Target | undefined {
  const env = /^env[.:]([A-Za-z_]\w*)$/.exec(name);
  if (env !== null) return { kind: 'env', name: env[1]! };
  if (/^(?:stage|opt[.:]stage)$/.test(name)) return { kind: 'stage' };
  const self = name.startsWith('self:');
  const path = parsePath(self ? name.slice(5) : name);
  if (path === undefined || (!self && RESERVED.includes(path[0]!))) return undefined;
  return { kind: 'path', path, self };
}

/** Keys without what has a meaning around them. */
export function parsePath(text: string): string[] | undefined {
  const path = text.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return path.every((key) => /^[^\s.,:;${}[\]()'"|&*!?#<>/\\]+$/.test(key)) ? path : undefined;
}
