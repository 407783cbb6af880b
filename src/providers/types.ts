import type { JsonObject } from '../events/types.ts';
import type { Entry } from '../runtimes/entry.ts';

/**
 * Where functions are deployed. Every method may be called again after it was interrupted: it finishes what was begun.
 * What is wrong is a `RopewayError` that names what to do.
 */
export interface Provider {
  name: 'local' | 'tencent' | 'aws';
  /** Where in the cloud: `ap-guangzhou`, `us-east-1`; absent: this machine. */
  region?: string;
  /** What is there now; undefined: nothing of this name. */
  findFunction(name: string): Promise<LiveFunction | undefined>;
  /**
   * Uploads what is not there yet, publishes a version, then lets the alias lead to it. Rejects with APP_NOT_LOADED and the app's
   * traceback when it does not start; then the version before serves on.
   */
  deployFunction(deployment: FunctionDeployment): Promise<DeployedVersion>;
  /** Lets the alias lead to a version, and a share of the requests to another one; without `canary` all of it. Ends a canary that there was. */
  setTraffic(name: string, traffic: Traffic): Promise<void>;
  /** False when it was gone already. */
  removeFunction(name: string): Promise<boolean>;
  /** An event straight to the version that serves. */
  invoke(name: string, event: JsonObject): Promise<InvokeAnswer>;
  /** What the function printed, oldest first; with `follow` it goes on until the signal ends it. */
  logs(name: string, query: LogQuery): AsyncIterable<LogLine>;
  /** Who takes the requests of a path now: the name of a function or site. `gateway`: of that gateway, where each has its own address. */
  ownerOfRoute(route: RouteWish, gateway?: string): Promise<string | undefined>;
  /** Adds routes to functions that are there, and takes away those of before that are not among them, at once. Returns the address of the first. */
  deployGateway(deployment: GatewayDeployment): Promise<{ url: string }>;
  /** False when none of them was there. `name`: of the gateway that they are of. */
  removeGateway(routes: GatewayRoute[], name?: string): Promise<boolean>;
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
  /** The only routes of the function from then on; absent: they stay as they are. In a cloud `/*` without a host is the function URL. */
  routes?: RouteWish[];
  labels: Labels;
  /** Share of the requests, 0 to 1, that the new version gets; the one before keeps the rest. Absent: all. Has no meaning for a first version. */
  canary?: number;
  /** Absent for `local`. */
  cloud?: CloudFunction;
}

/** What a cloud has to be told beside. */
export interface CloudFunction {
  /** `event`: called with events. `web`: a program that listens on port 9000, started by the package's `scf_bootstrap` (tencent). */
  type: 'event' | 'web';
  /** Language and version as the package was made for it: `python3.12`, `nodejs20`; `custom`: the package brings a `bootstrap`. */
  runtime: string;
  /** In the cloud's form: `ropeway_handler.handler`. */
  handler: string;
  arch: 'x64' | 'arm64';
  settings: CloudSettings;
}

/** Absent: the cloud's default. */
export interface CloudSettings {
  /** Name or ARN of the role that the function runs with; absent: one with least rights is made where the cloud demands one. */
  role?: string;
  /** Ids that are empty are no ids. */
  vpc?: { id?: string; subnets: string[]; securityGroups: string[] };
  /** The user's own; those by which Ropeway knows its things come on top. */
  tags?: Record<string, string>;
  description?: string;
  /** tencent: ids of CLS. */
  logs?: { logset: string; topic: string };
  /** Instances that are kept for this function alone. */
  reserved?: number;
  /** aws: for Python 3.12 and newer. */
  snapStart?: boolean;
  /** Layers that are in the cloud already: ARNs, or `name:version`. */
  layers?: string[];
  /** Who may call the function URL; default `none`: anyone. */
  auth?: 'none' | 'iam';
  /** tencent: more domains that lead to it. `certificate`: its id there. */
  domains?: { name: string; certificate?: string }[];
  /** tencent: absent: `default`. */
  namespace?: string;
}

export interface Traffic {
  version: string;
  /** `weight`: share of the requests, 0 to 1. */
  canary?: { version: string; weight: number };
}

export interface LogQuery {
  /** Milliseconds since 1970. */
  since: number;
  /** Only lines with this text in it. */
  filter?: string;
  requestId?: string;
  follow: boolean;
  signal: AbortSignal;
}

export interface LogLine {
  /** ISO 8601. */
  time: string;
  requestId?: string;
  /** Of which copy of the function. */
  instance?: string;
  line: string;
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
  /** The version that gets a share of the requests. */
  canary?: { version: string; weight: number };
  /**
   * What the provider says of the version that serves, by part (`memory`, `timeout`, `handler`, `code`, `layers`, `url`…), in texts that
   * are equal as long as nobody changes it: compared with what was there after the deployment they show what was changed by hand.
   */
  observed?: Record<string, string>;
  /** Its environment, which is compared the same way, but by a digest. */
  observedEnv?: Record<string, string>;
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

/** Object storage, as far as a state needs it. Keys are below a prefix that the bucket knows. */
export interface Bucket {
  /** `s3://deployments/team` */
  title: string;
  /** Keys that begin with this. */
  list(prefix: string): Promise<string[]>;
  /** Undefined: it is not there. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
  /** False, and nothing is done, when it is there already. */
  create(key: string, text: string): Promise<boolean>;
  /** What is not there is no failure. */
  remove(key: string): Promise<void>;
}
