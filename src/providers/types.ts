import type { JsonObject } from '../events/types.ts';
import type { Entry } from '../runtimes/entry.ts';

/**
 * Where functions are deployed. Every method may be called again after it was interrupted: it finishes what was begun.
 * What is wrong is a `RopewayError` that names what to do.
 */
export interface Provider {
  name: 'local' | 'tencent' | 'aws';
  /** What is there now; undefined: nothing of this name. */
  findFunction(name: string): Promise<LiveFunction | undefined>;
  /**
   * Uploads what is not there yet, publishes a version, then lets the alias lead to it. Rejects with APP_NOT_LOADED and the app's
   * traceback when it does not start; then the version before serves on.
   */
  deployFunction(deployment: FunctionDeployment): Promise<DeployedVersion>;
  /** Lets the alias lead to another version, all of it. */
  rollBack(name: string, version: string): Promise<void>;
  /** False when it was gone already. */
  removeFunction(name: string): Promise<boolean>;
  /** An event straight to the version that serves. */
  invoke(name: string, event: JsonObject): Promise<InvokeAnswer>;
  /** Who takes the requests of a path now: the name of a function or site. */
  ownerOfRoute(route: RouteWish): Promise<string | undefined>;
  /** Adds routes to functions that are there, and takes away those of before that are not among them, at once. Returns the address of the first. */
  deployGateway(deployment: GatewayDeployment): Promise<{ url: string }>;
  /** False when none of them was there. */
  removeGateway(routes: GatewayRoute[]): Promise<boolean>;
  /** No address when no route leads to it. */
  deploySite(deployment: SiteDeployment): Promise<{ url?: string; unchanged: boolean }>;
  findSite(name: string): Promise<LiveSite | undefined>;
  /** False when it was gone already. */
  removeSite(name: string): Promise<boolean>;
}

/** Who deployed something: by these a deployment whose state was lost finds what is its own. */
export type Labels = Record<string, string>;

export interface FunctionDeployment {
  name: string;
  /** Paths relative to the root of the code's package. */
  entry: Entry;
  code: PackageFile;
  layers: PackageFile[];
  /** Absolute path of a Python; only where instances run on this machine. */
  interpreter?: string;
  env: Record<string, string>;
  limits: FunctionLimits;
  /** Name of an event format; absent: what the provider's gateway speaks. */
  eventFormat?: string;
  /** Answers that the app writes in parts reach the client in parts. */
  stream: boolean;
  /** Paths that a template process serves before it is copied. */
  warmup: string[];
  /** How cold starts are made where that can be chosen. */
  cold?: 'fresh' | 'template';
  /** The only routes of the function from then on; absent: they stay as they are. */
  routes?: RouteWish[];
  labels: Labels;
}

/** Absent: the provider's default. */
export interface FunctionLimits {
  /** MB. */
  memory?: number;
  /** Seconds per request. */
  timeout?: number;
  /** Instances at once. */
  instances?: number;
  minInstances?: number;
  /** Seconds that an idle instance is kept. */
  keepAlive?: number | 'auto';
  /** MB of temporary files. */
  tmp?: number;
  /** `share`: processor time by memory, as in a cloud. */
  cpu?: 'share' | 'free';
}

export interface PackageFile {
  /** Absolute path of the zip. */
  file: string;
  /** Its SHA-256, lower-case hex. */
  digest: string;
}

export interface RouteWish {
  /** Absent: any. */
  host?: string;
  /** `/shop/*` */
  path: string;
  /** First segment of the path, which the app does not see. */
  stage?: string;
  /** Absent: any. */
  methods?: string[];
  /** `true`: pages of any origin may call it; else in the provider's own words. */
  cors?: boolean | Record<string, unknown>;
  /** Bytes of a request body. */
  requestBytes?: number;
}

export interface DeployedVersion {
  version: string;
  /** Absent: no route leads to it. */
  url?: string;
  /** The version was there already. */
  unchanged: boolean;
}

export interface LiveFunction {
  name: string;
  /** The version that serves; absent when none does. */
  version?: string;
  /** Oldest first. */
  versions: LiveVersion[];
  url?: string;
  /** `GET shop.example.com/users/*`: one text per route (see `routeText`), those of gateways, too. */
  routes: string[];
}

export interface LiveVersion {
  version: string;
  createdAt: string;
  labels: Labels;
  /** Digest of its code's package, if it has one. */
  code?: string;
}

export interface LiveSite {
  digest: string;
  labels: Labels;
  url?: string;
}

export interface InvokeAnswer {
  /** Absent when it failed. */
  result?: unknown;
  error?: { code: string; message: string; traceback?: string };
  /** The invocation's record, as the provider has it. */
  record: JsonObject;
}

export interface GatewayDeployment {
  name: string;
  routes: GatewayRoute[];
  /** Those of an earlier deployment. */
  before: GatewayRoute[];
}

export type GatewayRoute = RouteWish & { function: string };

export interface SiteDeployment {
  name: string;
  package: PackageFile;
  /** `index.html` */
  index: string;
  /** File that is shown for what is not there. */
  error?: string;
  /** With which status; 200 for a single-page app. */
  errorStatus?: 200 | 404;
  routes: RouteWish[];
  labels: Labels;
}
