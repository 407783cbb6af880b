import type { Ready } from '../instances/instance.ts';
import type { RunningFunction } from '../function.ts';
import type { Packages } from '../packages/packages.ts';
import * as changes from './changes.ts';
import { checkPackages, packagesOf } from './packaged.ts';
import { setFunctionRoutes } from './routes.ts';
import { checkSpec, type RunningVersions } from './running.ts';
import type { Store } from './store.ts';
import { type Alias, type Deployments, type Labels, LIVE, type OwnRoute, type VersionSpec } from './types.ts';

/** What a deployment of a function says. */
export interface Publication {
  spec: VersionSpec;
  /** The alias that leads to the new version, all of it; default `live`. */
  alias?: string;
  /** The only routes of the function from then on; absent: they stay as they are. */
  routes?: OwnRoute[];
  /** Kept with the version; an unchanged version gets these instead of its own. */
  labels?: Labels;
  /** Share of the requests, 0 to 1, that the new version gets; the one before keeps the rest. Absent: all. */
  canary?: number;
  /** A new version even if the latest is the same: the code of its folder may be another. */
  anew?: boolean;
}

export interface Published {
  version: number;
  /** The latest version was the same already: nothing was loaded. */
  unchanged: boolean;
  /** How the app loaded, when it did. */
  ready?: Ready;
}

export interface PublishOptions {
  store: Store;
  versions: RunningVersions;
  packages: Packages;
  /** Lets these serve from now on. */
  apply(deployments: Deployments, started?: { name: string; fn: RunningFunction }): void;
}

/** See `Server.publish`. */
export async function publish(
  options: PublishOptions,
  name: string,
  publication: Publication,
): Promise<Published> {
  const { packages } = options;
  const { spec } = publication;
  checkSpec(spec);
  // From here on nobody removes them, until a version that is stored names them.
  const release = packages.hold(packagesOf(spec));
  try {
    checkPackages(spec, packages);
    return await publishHeld(options, name, publication);
  } finally {
    release();
  }
}

async function publishHeld(
  { store, versions, apply }: PublishOptions,
  name: string,
  publication: Publication,
): Promise<Published> {
  const { spec, alias = LIVE, routes, labels, canary, anew = false } = publication;
  const adopt = (deployments: Deployments, version: number): Deployments => {
    const named = changes.setAlias(
      deployments,
      name,
      alias,
      traffic(deployments, name, alias, version, canary),
    );
    const own = routes?.map((route) => ({ ...route, function: name, alias }));
    return own === undefined ? named : setFunctionRoutes(named, name, own);
  };
  const same = anew ? undefined : changes.sameVersion(store.current(), name, spec);
  if (same !== undefined) {
    const { version } = same;
    const changed = await store.change((deployments) => {
      const adopted = adopt(deployments, version);
      return labels === undefined ? adopted : changes.setLabels(adopted, name, version, labels);
    });
    apply(changed);
    return { version, unchanged: true };
  }
  let version = 0;
  await store.change((deployments) => {
    const added = changes.addVersion(deployments, name, spec, new Date(), labels);
    version = added.version.version;
    // Said before anything is started: a route that cannot be.
    adopt(added.deployments, version);
    return added.deployments;
  });
  const fn = versions.start(name, version, spec);
  try {
    const ready = await fn.prestart();
    await fn.prepare();
    apply(await store.change((deployments) => adopt(deployments, version)), { name, fn });
    return { version, unchanged: false, ready };
  } catch (error) {
    await fn.close();
    await store.change((deployments) => dropTried(deployments, name, version)).catch(() => undefined);
    throw error;
  }
}

/** All of it to the version; with a canary a share, the rest to the version before. */
function traffic(
  { functions }: Deployments,
  name: string,
  alias: string,
  version: number,
  canary: number | undefined,
): Alias {
  const before = functions[name]?.aliases[alias]?.version;
  if (canary === undefined || before === undefined || before === version) return { version, weights: {} };
  return { version: before, weights: { [version]: canary } };
}

/** What a failed publication leaves: the version, and the function if it was its first. */
function dropTried(deployments: Deployments, name: string, version: number): Deployments {
  const without = changes.removeVersion(deployments, name, version);
  const fn = without.functions[name]!;
  return fn.versions.length === 0 ? changes.removeFunction(without, name) : without;
}
