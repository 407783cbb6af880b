import type { AliasRecord, FunctionRecord } from '../books.ts';

/** Which version a call of an alias gets: by its rule, else by chance and weight. `random`: from 0 to 1. */
export function chooseVersion(
  { version, weights, matches }: AliasRecord,
  routingKey: Record<string, string>,
  random: number,
): string {
  for (const { Version, Key, Method, Expression } of matches) {
    const value = routingKey[Key.replace(/^invoke\.headers\./, '')];
    if (value !== undefined && isMatch(Method, Expression, value)) return Version;
  }
  let left = random;
  for (const { Version, Weight } of weights) {
    if (left < Weight) return Version;
    left -= Weight;
  }
  return version;
}

/** The version that a qualifier leads to this time; undefined: there is neither a version nor an alias of this name. */
export function pickVersion(
  record: FunctionRecord,
  qualifier: string,
  routingKey: Record<string, string>,
): FunctionRecord['latest'] | undefined {
  const alias = Object.hasOwn(record.aliases, qualifier) ? record.aliases[qualifier] : undefined;
  const name = alias === undefined ? qualifier : chooseVersion(alias, routingKey, Math.random());
  return [record.latest, ...record.versions].find(({ version }) => version === name);
}

function isMatch(method: string, expression: string, value: string): boolean {
  if (method === 'exact') return value === expression;
  const [, open, from, to, close] = /^([([])\s*(-?\d+)\s*,\s*(-?\d+)\s*([)\]])$/.exec(expression) ?? [];
  const number = Number(value);
  if (open === undefined || !/^-?\d+$/.test(value)) return false;
  return (
    (open === '[' ? number >= Number(from) : number > Number(from)) &&
    (close === ']' ? number <= Number(to) : number < Number(to))
  );
}
