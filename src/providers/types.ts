import type { JsonObject } from '../events/types.ts';
import type { Entry } from '../runtimes/entry.ts';

/** Where functions are deployed. Every method may be called again after it was interrupted: it finishes what was begun. */
export interface Provider {
  name: 'local' | 'tencent' | 'aws';
  /** What is there now; undefined: nothing of this name. */
  findFunction(name: string): Promise<LiveFunction | undefined>;
  /** Uploads what is not there yet, publishes a version, lets the alias lead to it. Rejects with what the app raised when it does not load. */
  deployFunction(deployment: FunctionDeployment): Promise<DeployedVersion>;
  /** Lets the alias lead to an older version. */
  rollBack(name: string, version: string): Promise<void>;
  /** False when it was gone already. */
  removeFunction(name: string): Promise<boolean>;
  invoke(name: string, event: JsonObject): Promise<InvokeAnswer>;
  /** Routes of a gateway of its own, which leads to functions; replaces those that it had. */
  deployGateway(deployment: GatewayDeployment): Promise<{ url: string }>;
  removeGateway(name: string): Promise<boolean>;
  /** Files that are served as they are. */
  deploySite(deployment: SiteDeployment): Promise<{ url: string }>;
  findSite(name: string): Promise<{ digest: string } | undefined>;
  removeSite(name: string): Promise<boolean>;
}

export interface FunctionDeployment {
  name: string;
  entry: Entry;
  code: PackageFile;
  layer?: PackageFile;
  interpreter?: string;
  env: Record<string, string>;
  /** MB. */
  memory: number;
  /** Seconds. */
  timeout: number;
  eventFormat?: string;
  routes: RouteWish[];
}

export interface PackageFile {
  file: string;
  digest: string;
}

export interface RouteWish {
  host?: string;
  path: string;
  stage?: string;
  methods?: string[];
}

export interface DeployedVersion {
  version: string;
  url: string;
  unchanged: boolean;
}

export interface LiveFunction {
  name: string;
  /** The version that serves. */
  version: string;
  versions: { version: string; createdAt: string }[];
  url?: string;
  /** Of the code that serves. */
  digest?: string;
}

export interface InvokeAnswer {
  result: unknown;
  error?: { type: string; message: string; traceback?: string };
  record?: JsonObject;
}

export interface GatewayDeployment {
  name: string;
  routes: (RouteWish & { function: string })[];
}

export interface SiteDeployment {
  name: string;
  package: PackageFile;
  index: string;
  error?: string;
  routes: RouteWish[];
}
