import { isDeepStrictEqual } from 'node:util';

import { RopewayError } from '../../lib/errors.ts';
import { findAlias, findFunction, findVersion, namedVersions, own, refuseTaken } from './find.ts';
import type { Alias, DeployedFunction, Deployments, Labels, Version, VersionSpec } from './types.ts';

// Pure: from deployments to deployments. Each throws what is wrong with the change, and then nothing has changed.

/** Versions that no alias names and that are kept all the same, to go back to. */
const KEPT_VERSIONS = 10;

/** Adds a version; the oldest that no alias names goes when there are too many. Throws NAME_TAKEN. */
export function addVersion(
  deployments: Deployments,
  name: string,
  spec: VersionSpec,
  now: Date,
  labels?: Labels,
): { deployments: Deployments; version: Version } {
  refuseTaken(deployments.sites, name, 'site');
  const fn = own(deployments.functions, name) ?? { nextVersion: 1, versions: [], aliases: {} };
  const version: Version = {
    version: fn.nextVersion,
    createdAt: now.toISOString(),
    ...(labels === undefined ? {} : { labels }),
    spec,
  };
  const versions = [...fn.versions, version];
  const named = namedVersions(fn);
  const spare = versions.slice(0, -1).filter((one) => !named.has(one.version));
  const dropped = new Set(spare.slice(0, Math.max(0, spare.length - KEPT_VERSIONS)));
  return {
    version,
    deployments: withFunction(deployments, name, {
      ...fn,
      nextVersion: fn.nextVersion + 1,
      versions: versions.filter((one) => !dropped.has(one)),
    }),
  };
}

/** The latest version of a function if it runs exactly this. */
export function sameVersion(deployments: Deployments, name: string, spec: VersionSpec): Version | undefined {
  const latest = own(deployments.functions, name)?.versions.at(-1);
  return latest !== undefined && isDeepStrictEqual(latest.spec, spec) ? latest : undefined;
}

/** Throws NO_SUCH_FUNCTION, NO_SUCH_VERSION. */
export function setLabels(
  deployments: Deployments,
  name: string,
  version: number,
  labels: Labels,
): Deployments {
  const fn = findFunction(deployments, name);
  const labelled = { ...findVersion(fn, name, version), labels };
  const versions = fn.versions.map((one) => (one.version === version ? labelled : one));
  return withFunction(deployments, name, { ...fn, versions });
}

/** Throws NO_SUCH_FUNCTION, NO_SUCH_VERSION. */
export function setAlias(
  deployments: Deployments,
  name: string,
  aliasName: string,
  alias: Alias,
): Deployments {
  const fn = findFunction(deployments, name);
  for (const version of [alias.version, ...Object.keys(alias.weights).map(Number)])
    findVersion(fn, name, version);
  return withFunction(deployments, name, { ...fn, aliases: { ...fn.aliases, [aliasName]: alias } });
}

/** Throws NO_SUCH_FUNCTION, NO_SUCH_ALIAS; IN_USE when a route names it. */
export function removeAlias(deployments: Deployments, name: string, aliasName: string): Deployments {
  const fn = findFunction(deployments, name);
  findAlias(fn, name, aliasName);
  const { [aliasName]: _, ...aliases } = fn.aliases;
  const used = deployments.routes.find((route) => route.function === name && route.alias === aliasName);
  if (used !== undefined) {
    throw inUse(
      `Route ${used.host ?? ''}${used.path} leads to alias ${aliasName} of ${name}.`,
      'change the route first',
    );
  }
  return withFunction(deployments, name, { ...fn, aliases });
}

/** Throws NO_SUCH_FUNCTION, NO_SUCH_VERSION; IN_USE when an alias names it. */
export function removeVersion(deployments: Deployments, name: string, version: number): Deployments {
  const fn = findFunction(deployments, name);
  findVersion(fn, name, version);
  if (namedVersions(fn).has(version)) {
    throw inUse(`An alias of ${name} names version ${version}.`, 'let the alias name another version first');
  }
  return withFunction(deployments, name, {
    ...fn,
    versions: fn.versions.filter((one) => one.version !== version),
  });
}

/** With its routes. Throws NO_SUCH_FUNCTION. */
export function removeFunction(deployments: Deployments, name: string): Deployments {
  findFunction(deployments, name);
  const { [name]: _, ...functions } = deployments.functions;
  return { ...deployments, functions, routes: deployments.routes.filter((route) => route.function !== name) };
}

function withFunction(deployments: Deployments, name: string, fn: DeployedFunction): Deployments {
  return { ...deployments, functions: { ...deployments.functions, [name]: fn } };
}

function inUse(message: string, fix: string): RopewayError {
  return new RopewayError({ code: 'IN_USE', message, fix });
}
