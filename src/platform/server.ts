import type { IncomingMessage } from 'node:http';
import { freemem, totalmem } from 'node:os';

import type { JsonObject } from '../events/types.ts';
import { recordsFolder } from '../lib/state-folder.ts';
import { openAccessLog } from './access-log.ts';
import * as changes from './deployments/changes.ts';
import { type Invoked, invokeDirectly } from './deployments/invoke-directly.ts';
import { checkSpec, createRunningVersions } from './deployments/running.ts';
import { openStore } from './deployments/store.ts';
import {
  type Alias,
  type Deployments,
  LIVE,
  type OwnRoute,
  type Route,
  type VersionSpec,
} from './deployments/types.ts';
import { InvocationError } from './errors.ts';
import { startFront } from './front.ts';
import { openJournal } from './journal.ts';
import type { RunningFunction } from './function.ts';
import { originForm } from './gateway/parse-request.ts';
import type { Target } from './gateway/target.ts';
import type { Ready } from './instances/instance.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createRouteTable, type RouteTable } from './routing/table.ts';
import { createCapacity } from './scheduler/capacity.ts';
import type { InvocationRecord, OutputLine } from './types.ts';

export interface ServerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Where everything is kept that must outlive the process. */
  stateFolder: string;
  /** Instances of all functions together. */
  instances: number;
  /** Seconds for what is in flight, when a version or the whole server stops. */
  drainSeconds: number;
  /** File for a line per request in the combined format; `-`: standard output. Default: none. */
  accessLog?: string | undefined;
  onRecord(record: InvocationRecord): void;
  onOutput(line: OutputLine): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

/** What a deployment of a function says. */
export interface Publication {
  spec: VersionSpec;
  /** The alias that leads to the new version, all of it; default `live`. */
  alias?: string;
  /** The only routes of the function from then on; absent: they stay as they are. */
  routes?: OwnRoute[];
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

/** A platform of several functions that outlives its process: what was deployed is there again after a restart. */
export interface Server {
  url: string;
  deployments(): Deployments;
  /** Versions that run, or would with the next request. */
  running(): RunningFunction[];
  metrics: Metrics;
  /** Whether it takes no new requests any more. */
  readonly draining: boolean;
  /**
   * A new version: loads it, then lets the alias lead to it; requests in flight end where they are. Rejects with
   * `InvocationError` when the app does not load, and with `RopewayError`; then everything is as it was.
   */
  publish(name: string, publication: Publication): Promise<Published>;
  setAlias(name: string, alias: string, value: Alias): Promise<void>;
  removeAlias(name: string, alias: string): Promise<void>;
  removeVersion(name: string, version: number): Promise<void>;
  removeFunction(name: string): Promise<void>;
  setRoutes(routes: Route[]): Promise<void>;
  /** An event to an alias, without the gateway. */
  invoke(name: string, alias: string, event: JsonObject): Promise<Invoked>;
  /** Nothing more is to come: from now on what no route takes gets 404, until then 503. */
  complete(): void;
  /** Loads templates ahead, one function after the other, as far as there is memory. */
  warm(): Promise<void>;
  /** Takes no more connections, finishes what is in flight within the time, ends all instances, flushes the records. */
  close(): Promise<void>;
}

/** Starts what a state folder holds. Rejects with STATE_BROKEN, PORT_TAKEN, LISTEN_FAILED; nothing is left running then. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { stateFolder, onNotice, drainSeconds } = options;
  const store = openStore(stateFolder, onNotice);
  const journal = openJournal({
    folder: recordsFolder(stateFolder),
    onNotice,
    onOutput: options.onOutput,
    onRecord: (record) => {
      metrics.observe(record);
      options.onRecord(record);
    },
  });
  const accessLog =
    options.accessLog === undefined
      ? undefined
      : openAccessLog(options.accessLog, (error) =>
          onNotice(`the access log is not written any more: ${error.message}`),
        );
  const versions = createRunningVersions({
    onNotice,
    onLine: journal.onLine,
    capacity: createCapacity(() => options.instances),
    drainSeconds,
  });
  const metrics = createMetrics(versions.all);
  /** What serves: table and functions are always of the same deployments. */
  let serving: Deployments;
  let table: RouteTable<Route>;
  let draining = false;
  let complete = false;
  const apply = (deployments: Deployments, started?: { name: string; fn: RunningFunction }): void => {
    versions.apply(deployments, started);
    table = createRouteTable(deployments.routes);
    serving = deployments;
  };
  const change = async (make: (deployments: Deployments) => Deployments): Promise<void> => {
    apply(await store.change(make));
  };

  apply(store.current());
  const gateway = await startFront({
    ...options,
    isForDevelopment: false,
    journal,
    accessLog,
    complete: () => complete,
    route: (incoming) => {
      const route = table.match(incoming.headers.host, pathOf(incoming));
      return route && targetOf(route);
    },
  }).catch(async (error: unknown) => {
    await Promise.all([versions.drain(0), journal.close(), accessLog?.close()]);
    throw error;
  });

  const targetOf = (route: Route): Target => {
    const alias = (): Alias | undefined => serving.functions[route.function]?.aliases[route.alias];
    return {
      function: route.function,
      route: `${route.host ?? ''}${route.path}`,
      alias: route.alias,
      stage: route.stage,
      tellsId: true,
      requestBytes: route.requestBytes ?? requestBytes(serving, route.function, alias()!),
      ...(route.cors === undefined ? {} : { cors: route.cors }),
      pick: () => {
        const now = alias();
        if (now !== undefined) return versions.pick(route.function, now);
        throw new InvocationError('NO_ROUTE', `${route.function} was removed while the request came in`);
      },
    };
  };

  const publish = async (name: string, publication: Publication): Promise<Published> => {
    const { spec, alias = LIVE, routes, anew = false } = publication;
    checkSpec(spec);
    const adopt = (deployments: Deployments, version: number): Deployments => {
      const named = changes.setAlias(deployments, name, alias, { version, weights: {} });
      const own = routes?.map((route) => ({ ...route, function: name, alias }));
      return own === undefined ? named : changes.setFunctionRoutes(named, name, own);
    };
    const same = anew ? undefined : changes.sameVersion(store.current(), name, spec);
    if (same !== undefined) {
      await change((deployments) => adopt(deployments, same.version));
      return { version: same.version, unchanged: true };
    }
    let version = 0;
    await store.change((deployments) => {
      const added = changes.addVersion(deployments, name, spec, new Date());
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
  };

  return {
    url: gateway.url,
    metrics,
    deployments: () => store.current(),
    running: versions.all,
    get draining() {
      return draining;
    },
    publish,
    setAlias: (name, alias, value) => change((all) => changes.setAlias(all, name, alias, value)),
    removeAlias: (name, alias) => change((all) => changes.removeAlias(all, name, alias)),
    removeVersion: (name, version) => change((all) => changes.removeVersion(all, name, version)),
    removeFunction: (name) => change((all) => changes.removeFunction(all, name)),
    setRoutes: (routes) => change((all) => changes.setRoutes(all, routes)),
    invoke: async (name, aliasName, event) => {
      const alias = changes.findAlias(changes.findFunction(store.current(), name), name, aliasName);
      return invokeDirectly(versions.pick(name, alias), event, journal);
    },
    complete: () => {
      complete = true;
    },
    warm: () => warmUp(versions.all()),
    close: async () => {
      draining = true;
      const began = performance.now();
      await gateway.drain(drainSeconds);
      // What the clients' connections have left of the time.
      await versions.drain(Math.max(0, drainSeconds - (performance.now() - began) / 1000));
      await Promise.all([journal.close(), accessLog?.close()]);
    },
  };
}

/** The routes' table sees the path without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return originForm(url).split('?', 1)[0]!;
}

function requestBytes(deployments: Deployments, name: string, alias: Alias): number {
  const fn = deployments.functions[name]!;
  return changes.findVersion(fn, name, alias.version).spec.limits.requestBytes;
}

/** What a failed publication leaves: the version, and the function if it was its first. */
function dropTried(deployments: Deployments, name: string, version: number): Deployments {
  const without = changes.removeVersion(deployments, name, version);
  const fn = without.functions[name]!;
  return fn.versions.length === 0 ? changes.removeFunction(without, name) : without;
}

/** Share of the memory that stays free of templates loaded ahead. */
const FREE_SHARE = 0.5;

async function warmUp(functions: RunningFunction[]): Promise<void> {
  for (const fn of functions) {
    if (freemem() < totalmem() * FREE_SHARE) return;
    await fn.prepare();
  }
}
