import { createHash } from 'node:crypto';

import type { ComponentEntry } from '../../src/config/project/load.ts';
import { resolveInputs } from '../../src/config/project/load.ts';
import type { DeployOptions } from '../../src/components/engine/deploy.ts';
import type { Done } from '../../src/components/engine/report.ts';
import { createRegistry } from '../../src/components/registry/registry.ts';
import type { StateStore } from '../../src/components/state/store.ts';
import type { Change, ComponentContext, Workshop } from '../../src/components/types.ts';
import { routeText } from '../../src/providers/route-text.ts';
import { RopewayError } from '../../src/lib/errors.ts';
import type {
  FunctionDeployment,
  GatewayRoute,
  LiveFunction,
  Provider,
  SiteDeployment,
} from '../../src/providers/types.ts';

export interface MemoryFunction {
  versions: FunctionDeployment[];
  serving: number;
  canary?: { version: string; weight: number };
  /** What somebody has set in the console. */
  byHand?: Record<string, string>;
}

/** A target in memory that does what the contract says. */
export interface MemoryTarget {
  functions: Map<string, MemoryFunction>;
  sites: Map<string, SiteDeployment>;
  gatewayRoutes: GatewayRoute[];
  /** Calls that change something, in order. */
  calls: string[];
  provider: Provider;
}

/** `before` is called with each call's name, before it is done; it may throw. */
export function memoryTarget(before: (call: string) => void = () => undefined, cloud = false): MemoryTarget {
  const functions: MemoryTarget['functions'] = new Map();
  const sites: MemoryTarget['sites'] = new Map();
  const calls: string[] = [];
  const target: MemoryTarget = { functions, sites, gatewayRoutes: [], calls, provider: undefined as never };
  const change = async (call: string): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    before(call);
    calls.push(call);
  };
  const urlOf = (path: string | undefined): { url?: string } =>
    path === undefined ? {} : { url: `http://memory${path.replace(/\*$/, '')}` };
  target.provider = {
    name: 'local',
    findFunction: async (name): Promise<LiveFunction | undefined> => {
      const fn = functions.get(name);
      if (fn === undefined) return undefined;
      const last = fn.versions.at(-1)!;
      return {
        name,
        version: String(fn.serving),
        versions: fn.versions.map(({ labels, code }, index) => ({
          version: String(index + 1),
          createdAt: '2026-01-01T00:00:00Z',
          labels,
          code: code.digest,
        })),
        ...urlOf(last.routes?.[0]?.path),
        routes: (last.routes ?? []).map(routeText),
        ...(fn.canary === undefined ? {} : { canary: fn.canary }),
        ...(cloud ? { observed: observed(fn), observedEnv: fn.versions[fn.serving - 1]!.env } : {}),
      };
    },
    deployFunction: async (deployment) => {
      await change(`deploy ${deployment.name}`);
      const fn: MemoryFunction = functions.get(deployment.name) ?? { versions: [], serving: 0 };
      const isSame = JSON.stringify(fn.versions.at(-1)) === JSON.stringify(deployment);
      const versions = isSame ? fn.versions : [...fn.versions, deployment];
      const { canary } = deployment;
      functions.set(
        deployment.name,
        canary === undefined
          ? { versions, serving: versions.length }
          : { ...fn, versions, canary: { version: String(versions.length), weight: canary } },
      );
      return { version: String(versions.length), unchanged: isSame, ...urlOf(deployment.routes?.[0]?.path) };
    },
    // oxlint-disable-next-line require-yield -- nothing runs here
    logs: async function* () {},
    setTraffic: async (name, { version, canary }) => {
      await change(`roll back ${name} ${version}`);
      const { versions } = functions.get(name)!;
      functions.set(name, {
        versions,
        serving: Number(version),
        ...(canary === undefined ? {} : { canary }),
      });
    },
    removeFunction: async (name) => {
      await change(`remove ${name}`);
      return functions.delete(name);
    },
    invoke: async () => ({ record: {} }),
    ownerOfRoute: async ({ path, host }) => {
      for (const [name, { versions }] of functions) {
        if (versions.at(-1)!.routes?.some((route) => route.path === path && route.host === host)) return name;
      }
      for (const [name, { routes }] of sites) if (routes.some((route) => route.path === path)) return name;
      return target.gatewayRoutes.find((route) => route.path === path && route.host === host)?.function;
    },
    deployGateway: async ({ name, routes, before: old }) => {
      await change(`gateway ${name}`);
      const kept = target.gatewayRoutes.filter((route) => !old.some((one) => one.path === route.path));
      target.gatewayRoutes = [...kept, ...routes];
      return { url: `http://memory${routes[0]!.path.replace(/\*$/, '')}` };
    },
    removeGateway: async (routes) => {
      await change('remove gateway');
      const kept = target.gatewayRoutes.filter((route) => !routes.some((one) => one.path === route.path));
      const isAny = kept.length < target.gatewayRoutes.length;
      target.gatewayRoutes = kept;
      return isAny;
    },
    deploySite: async (deployment) => {
      await change(`site ${deployment.name}`);
      sites.set(deployment.name, deployment);
      return { unchanged: false, ...urlOf(deployment.routes[0]?.path) };
    },
    findSite: async (name) => {
      const site = sites.get(name);
      return site && { digest: site.package.digest, labels: site.labels, ...urlOf(site.routes[0]?.path) };
    },
    removeSite: async (name) => {
      await change(`remove site ${name}`);
      return sites.delete(name);
    },
  };
  return target;
}

function observed({ versions, serving, byHand = {} }: MemoryFunction): Record<string, string> {
  return { memory: String(versions[serving - 1]!.limits.memory ?? 512), ...byHand };
}

/** Finds what `sources` says is in a folder: its text is the source's digest. */
export function memoryWorkshop(
  sources: Record<string, string>,
): Workshop & { built: string[]; ran: string[] } {
  const built: string[] = [];
  const ran: string[] = [];
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  return {
    built,
    ran,
    find: async (wish) => {
      const [, text] = Object.entries(sources).find(([folder]) => wish.dir.endsWith(folder)) ?? [
        '',
        'the app',
      ];
      return {
        wish,
        title: `Flask: ${text}`,
        framework: /^[a-z]+:/.exec(text)?.[0].slice(0, -1) ?? 'flask',
        entry: {
          runtime: 'python',
          interface: 'wsgi',
          root: wish.dir,
          from: { module: 'app', attribute: 'app', factory: false },
          env: {},
        },
        source: digest(text + JSON.stringify({ ...wish, dir: '' })),
      };
    },
    build: async (app) => {
      built.push(app.wish.dir);
      return {
        entry: { ...app.entry, root: '.' },
        code: { file: `/${app.source}.zip`, digest: app.source },
        layers: [],
      };
    },
    pack: async ({ dir = '', extra = {} }) => {
      const [, text] = Object.entries(sources).find(([folder]) => dir.endsWith(folder)) ?? ['', 'files'];
      const sum = digest(text + JSON.stringify(extra));
      return { file: `/${sum}.zip`, digest: sum };
    },
    run: async (command) => {
      ran.push(command);
      await Promise.resolve();
    },
  };
}

export interface Setting {
  root: string;
  entries: ComponentEntry[];
  store: StateStore;
  provider: Provider;
  workshop: Workshop;
  stage?: string;
  /** Default `local`. */
  target?: string;
  canary?: number;
  /** Of other regions. */
  regions?: Record<string, Provider>;
}

/** What the engine is told, and what it tells. */
export interface Told {
  done: Record<string, Done['action']>;
  outputs: Record<string, Done['outputs']>;
  failed: Record<string, unknown>;
  skipped: Record<string, string>;
  notes: string[];
  changes: Change[];
}

export function engineOptions(setting: Setting): { options: Omit<DeployOptions, 'removeGone'>; told: Told } {
  const { root, entries, store, provider, workshop } = setting;
  const told: Told = { done: {}, outputs: {}, failed: {}, skipped: {}, notes: [], changes: [] };
  const changes = new Map<string, Change[]>();
  const contextOf = (alias: string): ComponentContext => ({
    root,
    project: 'shop',
    stage: setting.stage ?? 'dev',
    isOnly: entries.length === 1,
    target: setting.target ?? 'local',
    provider,
    providerFor: (region) => setting.regions?.[region ?? ''] ?? provider,
    ...(setting.canary === undefined ? {} : { canary: setting.canary }),
    credentials: {},
    signal: new AbortController().signal,
    workshop,
    findLayer: async (name, version) => {
      const found = store.list().find(({ state }) => state['layer'] === name && state['version'] === version);
      if (found === undefined) throw new RopewayError({ code: 'NO_SUCH_LAYER', message: name });
      return { file: String(found.state['file']), digest: String(found.state['digest']) };
    },
    log: () => undefined,
    status: () => undefined,
    debug: () => undefined,
    note: (text) => told.notes.push(text),
    changed: (change) => {
      told.changes.push(change);
      changes.set(alias, [...(changes.get(alias) ?? []), change]);
    },
  });
  return {
    told,
    options: {
      entries,
      store,
      classOf: createRegistry(root),
      contextOf,
      resolve: resolveInputs,
      runHooks: async (_, commands) => {
        for (const command of commands) await workshop.run(command, root, {});
      },
      report: {
        started: () => undefined,
        done: (alias, { action, outputs }) => {
          told.done[alias] = action;
          told.outputs[alias] = outputs;
        },
        failed: (alias, error) => {
          told.failed[alias] = error;
        },
        skipped: (alias, because) => {
          told.skipped[alias] = because;
        },
      },
      takeChanges: (alias) => {
        const mine = changes.get(alias) ?? [];
        changes.delete(alias);
        return mine;
      },
    },
  };
}

/** A component of a file. */
export function entry(
  alias: string,
  component: string,
  inputs: Record<string, unknown> = {},
  more: Partial<ComponentEntry> = {},
): ComponentEntry {
  const references = [...JSON.stringify(inputs).matchAll(/\$\{(\w+)\./g)].map(([, name]) => name!);
  return {
    alias,
    component,
    inputs,
    dependsOn: [...new Set(references)],
    hooks: { before: [], after: [] },
    where: (path) => `shop.yml:${alias}${path.length === 0 ? '' : `.${path.join('.')}`}`,
    secret: new Set(),
    ...more,
  };
}
