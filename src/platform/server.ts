import type { IncomingMessage } from 'node:http';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

import type { JsonObject } from '../events/types.ts';
import { recordsFolder } from '../lib/state-folder.ts';
import { openAccessLog } from './access-log.ts';
import * as changes from './deployments/changes.ts';
import { type Invoked, invokeDirectly } from './deployments/invoke-directly.ts';
import { findAlias, findFunction, findVersion } from './deployments/find.ts';
import { checkSitePackage, deployedPackages } from './deployments/packaged.ts';
import { publish, type Publication, type Published } from './deployments/publish.ts';
import { createRunningVersions } from './deployments/running.ts';
import { allRoutes, changeRoutes, type RouteKey, setRoutes } from './deployments/routes.ts';
import { removeSite, setSite } from './deployments/sites.ts';
import { openStore } from './deployments/store.ts';
import type { Alias, AnyRoute, Deployments, SitePublication } from './deployments/types.ts';
import { InvocationError } from './errors.ts';
import { startFront } from './front.ts';
import { type OpenGuests, openGuests } from './guests/guests.ts';
import type { Guests } from './guests/types.ts';
import { openJournal } from './journal.ts';
import type { RunningFunction } from './function.ts';
import { originForm } from './gateway/parse-request.ts';
import type { Target } from './gateway/target.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openPackages, type Packages } from './packages/packages.ts';
import { type FoundLine, type LineQuery, queryLines } from './record-files/query-lines.ts';
import { type Choice, chooseRoute } from './routing/choose.ts';
import { createRouteTable, type RouteTable } from './routing/table.ts';
import { createCapacity } from './scheduler/capacity.ts';
import { createServedSites } from './sites/served.ts';
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

export type { Publication, Published };

/** A platform of several functions that outlives its process: what was deployed is there again after a restart. */
export interface Server {
  url: string;
  deployments(): Deployments;
  /** Versions that run, or would with the next request. */
  running(): RunningFunction[];
  metrics: Metrics;
  packages: Pick<Packages, 'add' | 'describe'>;
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
  /** Of functions and sites. */
  setRoutes(routes: AnyRoute[]): Promise<void>;
  /** Takes routes away and adds others, at once; resolves with how many went. */
  changeRoutes(remove: RouteKey[], add: AnyRoute[]): Promise<number>;
  /** Another site in the place of the one that is there, from one request to the next. Rejects with `RopewayError`. */
  putSite(name: string, publication: SitePublication): Promise<{ unchanged: boolean }>;
  removeSite(name: string): Promise<void>;
  /** An event to an alias, without the gateway. */
  invoke(name: string, alias: string, event: JsonObject): Promise<Invoked>;
  /** A place for functions of which somebody else keeps the books; the packages are kept in `folder`. It ends with the server. */
  guests(folder: string): Guests;
  /** What functions printed, and START, END and REPORT lines, oldest first. */
  logs(query: LineQuery): Promise<FoundLine[]>;
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
  const packages = openPackages({
    folder: join(stateFolder, 'packages'),
    deployed: () => deployedPackages(store.current()),
    onNotice,
  });
  const capacity = createCapacity(() => options.instances);
  const versions = createRunningVersions({
    packages,
    onNotice,
    onLine: journal.onLine,
    capacity,
    drainSeconds,
  });
  const allGuests: OpenGuests[] = [];
  const metrics = createMetrics(() => [
    ...versions.all(),
    ...allGuests.flatMap((guests) => guests.running()),
  ]);
  const sites = createServedSites(packages);
  /** What serves: table and functions are always of the same deployments. */
  let serving: Deployments;
  let table: RouteTable<AnyRoute>;
  let draining = false;
  let complete = false;
  const apply = (deployments: Deployments, started?: { name: string; fn: RunningFunction }): void => {
    versions.apply(deployments, started);
    sites.apply(deployments);
    table = createRouteTable(allRoutes(deployments));
    serving = deployments;
    packages.sweep();
  };
  const change = async (make: (deployments: Deployments) => Deployments): Promise<void> => {
    apply(await store.change(make));
  };

  apply(store.current());
  for (const digest of deployedPackages(store.current())) {
    if (!packages.has(digest))
      onNotice(`package ${digest} is missing: what is made of it waits until it is uploaded again`);
  }
  const gateway = await startFront({
    ...options,
    isForDevelopment: false,
    journal,
    accessLog,
    complete: () => complete,
    route: (incoming) => {
      const choice = chooseRoute(table, incoming, pathOf(incoming));
      return choice && targetOf(choice);
    },
  }).catch(async (error: unknown) => {
    await Promise.all([versions.drain(0), packages.close(), journal.close(), accessLog?.close()]);
    throw error;
  });

  const targetOf = ({ route, preflight }: Choice<AnyRoute>): Target => {
    const { host = '', path, stage, cors } = route;
    const shared = {
      route: `${host}${path}`,
      stage,
      preflight,
      tellsId: true,
      ...(cors === undefined ? {} : { cors }),
    };
    if (route.site !== undefined) return { ...shared, function: route.site, site: sites.get(route.site) };
    const alias = (): Alias | undefined => serving.functions[route.function]?.aliases[route.alias];
    return {
      ...shared,
      function: route.function,
      alias: route.alias,
      requestBytes: route.requestBytes ?? requestBytes(serving, route.function, alias()!),
      pick: () => {
        const now = alias();
        if (now !== undefined) return versions.pick(route.function, now);
        throw new InvocationError('NO_ROUTE', `${route.function} was removed while the request came in`);
      },
    };
  };

  return {
    url: gateway.url,
    metrics,
    deployments: () => store.current(),
    running: versions.all,
    get draining() {
      return draining;
    },
    packages,
    publish: (name, publication) => publish({ store, versions, packages, apply }, name, publication),
    setAlias: (name, alias, value) => change((all) => changes.setAlias(all, name, alias, value)),
    removeAlias: (name, alias) => change((all) => changes.removeAlias(all, name, alias)),
    removeVersion: (name, version) => change((all) => changes.removeVersion(all, name, version)),
    removeFunction: (name) => change((all) => changes.removeFunction(all, name)),
    setRoutes: (routes) => change((all) => setRoutes(all, routes)),
    changeRoutes: async (remove, add) => {
      let removed = 0;
      await change((all) => {
        const changed = changeRoutes(all, remove, add);
        ({ removed } = changed);
        return changed.deployments;
      });
      return removed;
    },
    putSite: async (name, publication) => {
      const release = packages.hold([publication.package]);
      try {
        checkSitePackage(publication, packages);
        let unchanged = false;
        await change((all) => {
          const next = setSite(all, name, publication, new Date());
          unchanged = next === all;
          return next;
        });
        return { unchanged };
      } finally {
        release();
      }
    },
    removeSite: (name) => change((all) => removeSite(all, name)),
    invoke: async (name, aliasName, event) => {
      const alias = findAlias(findFunction(store.current(), name), name, aliasName);
      return invokeDirectly(versions.pick(name, alias), { event }, journal);
    },
    guests: (folder) => {
      const guests = openGuests({
        folder,
        host: options.host,
        journal,
        recordsFolder: recordsFolder(stateFolder),
        capacity,
        onNotice,
      });
      allGuests.push(guests);
      return guests;
    },
    logs: (query) => queryLines(recordsFolder(stateFolder), query),
    complete: () => {
      complete = true;
    },
    warm: () => warmUp(versions.all()),
    close: async () => {
      draining = true;
      const began = performance.now();
      await gateway.drain(drainSeconds);
      // What the clients' connections have left of the time.
      const left = Math.max(0, drainSeconds - (performance.now() - began) / 1000);
      await Promise.all([versions.drain(left), ...allGuests.map((guests) => guests.close(left))]);
      await Promise.all([packages.close(), journal.close(), accessLog?.close()]);
    },
  };
}

/** The routes' table sees the path without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return originForm(url).split('?', 1)[0]!;
}

function requestBytes(deployments: Deployments, name: string, alias: Alias): number {
  const fn = deployments.functions[name]!;
  return findVersion(fn, name, alias.version).spec.limits.requestBytes;
}

/** Share of the memory that stays free of templates loaded ahead. */
const FREE_SHARE = 0.5;

async function warmUp(functions: RunningFunction[]): Promise<void> {
  for (const fn of functions) {
    if (freemem() < totalmem() * FREE_SHARE) return;
    await fn.prepare();
  }
}
