import { RopewayError } from '../../lib/errors.ts';
import type { Alias, DeployedFunction, Deployments, Site, Version } from './types.ts';

/** Throws NO_SUCH_FUNCTION. */
export function findFunction(deployments: Deployments, name: string): DeployedFunction {
  const fn = own(deployments.functions, name);
  if (fn !== undefined) return fn;
  throw new RopewayError({
    code: 'NO_SUCH_FUNCTION',
    message: `There is no function ${name}.`,
    expected: Object.keys(deployments.functions).join(', ') || 'none is deployed',
    got: name,
  });
}

/** Throws NO_SUCH_VERSION. */
export function findVersion(fn: DeployedFunction, name: string, version: number): Version {
  const found = fn.versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  throw new RopewayError({
    code: 'NO_SUCH_VERSION',
    message: `Function ${name} has no version ${version}.`,
    expected: fn.versions.map((one) => one.version).join(', '),
    got: String(version),
  });
}

/** Throws NO_SUCH_ALIAS. */
export function findAlias(fn: DeployedFunction, name: string, aliasName: string): Alias {
  const alias = own(fn.aliases, aliasName);
  if (alias === undefined) throw noSuchAlias(fn, name, aliasName);
  return alias;
}

/** The versions that aliases lead to: those that run. */
export function namedVersions(fn: DeployedFunction): Set<number> {
  const named = new Set<number>();
  for (const { version, weights } of Object.values(fn.aliases)) {
    named.add(version);
    for (const other of Object.keys(weights)) named.add(Number(other));
  }
  return named;
}

/** Throws NO_SUCH_SITE. */
export function findSite({ sites }: Deployments, name: string): Site {
  const site = own(sites, name);
  if (site !== undefined) return site;
  throw new RopewayError({
    code: 'NO_SUCH_SITE',
    message: `There is no site ${name}.`,
    expected: Object.keys(sites).join(', ') || 'none is deployed',
    got: name,
  });
}

/** Functions and sites share their names. `kind`: what `others` are. Throws NAME_TAKEN. */
export function refuseTaken(others: Record<string, unknown>, name: string, kind: 'function' | 'site'): void {
  if (!Object.hasOwn(others, name)) return;
  throw new RopewayError({
    code: 'NAME_TAKEN',
    message: `There is a ${kind} ${name} already.`,
    expected: 'a name that no function and no site has',
    got: name,
    fix: `choose another name, or remove the ${kind} first`,
  });
}

/** `constructor` may be the name of a function. */
export function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function noSuchAlias(fn: DeployedFunction, name: string, aliasName: string): RopewayError {
  return new RopewayError({
    code: 'NO_SUCH_ALIAS',
    message: `Function ${name} has no alias ${aliasName}.`,
    expected: Object.keys(fn.aliases).join(', ') || 'it has none',
    got: aliasName,
  });
}
