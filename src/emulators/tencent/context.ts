import type { JsonObject } from '../../events/types.ts';
import type { ApiAnswer, ApiCall } from '../server.ts';
import type { Store } from '../store.ts';
import type { EmulatedPlatform, Keys, RunningCode } from '../types.ts';

/** What every service of the emulator is handed. */
export interface TencentContext {
  /** Absolute; large things that are no JSON (objects of COS) go into folders of their own in it. */
  folder: string;
  platform: EmulatedPlatform;
  keys: Keys;
  /** Milliseconds since 1970, by the clock that signatures are held against. */
  now(): number;
  onNotice(message: string): void;
  /** Address to listen on, for services that have ports of their own. */
  host: string;
  /** Where the emulator answers, `http://127.0.0.1:4567`; known once it listens, thus in calls only. */
  baseUrl(): string;
  /** What a service has been told, in `<folder>/<name>.json`. */
  openStore<T>(name: string, empty: T): Store<T>;
  /** What services are to one another. Each puts itself in when it is opened; read only in calls. */
  peers: Peers;
  /** The fault that this operation is to meet, which counts as one of its times. Actions of `TencentService`s have met theirs already. */
  takeFault: FaultTaker;
}

export type FaultTaker = (
  operation: string,
) => { status: number; code: string; message: string } | 'dropped' | 'late' | undefined;

/** Opens a service with all that it finds in its store. */
export type OpenService<S> = (context: TencentContext) => S | Promise<S>;

/** An API that is no list of actions: COS, downloads. It looks at signatures and faults itself. */
export interface TencentHttpService {
  name: string;
  /** Whether a call is for it: by its Authorization, query, host or path. */
  takes(call: ApiCall): boolean;
  /** `late` and `dropped` faults: does what is to be done, then resolves with `dropped`. */
  handle(call: ApiCall): Promise<ApiAnswer | 'dropped'>;
  close?(): Promise<void>;
}

export interface Peers {
  /** Of scf. */
  functions?: FunctionBooks;
  /** Of scf, too: where custom domains are answered, told apart by `Host`. `http://127.0.0.1:40123` */
  domains?: { url: string };
  /** Of cos. */
  objects?: ObjectBooks;
  /** Of sts. */
  temporaryKeys?: TemporaryKeys;
  /** Of apigateway. */
  gateways?: GatewayBooks;
  /** Of tag. */
  tags?: TagBooks;
}

export interface FunctionName {
  region: string;
  /** `default` */
  namespace: string;
  name: string;
}

export interface QualifiedFunction extends FunctionName {
  /** `$LATEST`, `3`, `$DEFAULT`, `live` */
  qualifier: string;
}

/** What scf knows of its functions. */
export interface FunctionBooks {
  /** Undefined: no such function. */
  find(wanted: FunctionName): { type: 'Event' | 'HTTP'; status: string } | undefined;
  /** What a request for this qualifier runs, chosen anew on each call by the weights of an alias. Undefined: nothing that can be called. */
  running(wanted: QualifiedFunction): RunningCode | undefined;
  /** `lam-abcdefgh` */
  byId(functionId: string): FunctionName | undefined;
  /** All of them, with their tags. */
  all(): (FunctionName & { tags: Record<string, string> })[];
  /** In the place of those that it has. Rejects with ResourceNotFound.Function. */
  setTags(wanted: FunctionName, tags: Record<string, string>): Promise<void>;
}

/** What cos holds. */
export interface ObjectBooks {
  hasBucket(bucket: string): boolean;
  /** `bucket` with the app id at its end, `key` without a slash before it. Undefined: no such bucket or object. */
  read(bucket: string, key: string): Promise<Buffer | undefined>;
}

/** Credentials that sts has given out. */
export interface TemporaryKeys {
  /** Undefined: no such id, or its time is over. */
  find(id: string): { secret: string; token: string } | undefined;
}

/** The old API gateway as the old `apigw` trigger makes services and APIs in it. */
export interface GatewayBooks {
  /**
   * Makes the API that a trigger describes, and its service if it names none. Resolves with the description as the cloud gives it back
   * (`{serviceId, serviceName, apiId, release…, service: {subDomain}}`). Rejects with `TencentError`.
   */
  addTrigger(target: QualifiedFunction, description: JsonObject): Promise<JsonObject>;
  /** Takes the API away that `addTrigger` has made, by what it resolved with. Bears that it is gone. */
  removeTrigger(target: QualifiedFunction, description: JsonObject): Promise<void>;
}

export interface TagBooks {
  /** Tags that were set through the tag API: `qcs::scf:ap-guangzhou:uin/1:lam/lam-abcdefgh`. */
  of(resource: string): Record<string, string>;
  /** Sets all tags of a resource; none takes it out of the books. */
  set(resource: string, tags: Record<string, string>): Promise<void>;
}
