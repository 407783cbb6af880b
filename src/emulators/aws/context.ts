import type { Store } from '../store.ts';
import type { EmulatedPlatform, Keys, RunningCode } from '../types.ts';
import type { AwsService } from './service.ts';

/** What every service of the emulator is handed. */
export interface AwsContext {
  /** Absolute; large things that are no JSON (objects of S3) go into folders of their own in it. */
  folder: string;
  platform: EmulatedPlatform;
  keys: Keys;
  /** Milliseconds since 1970, by the clock that signatures are held against. */
  now(): number;
  onNotice(message: string): void;
  /** Where the emulator answers, `http://127.0.0.1:4566`; known once it listens, thus in calls only. */
  baseUrl(): string;
  /** What a service has been told, in `<folder>/<name>.json`. */
  openStore<T>(name: string, empty: T): Store<T>;
  /** What services are to one another. Each puts itself in when it is opened; read only in calls. */
  peers: Peers;
}

/** Opens a service with all that it finds in its store. */
export type OpenService = (context: AwsContext) => AwsService | Promise<AwsService>;

export interface Peers {
  /** Of lambda. */
  functions?: FunctionBooks;
  /** Of s3. */
  objects?: ObjectBooks;
  /** Of sts. */
  temporaryKeys?: TemporaryKeys;
  /** Of s3 and apigateway: tags by ARN of what there is in a region. */
  tagged?: ((region: string) => Record<string, Record<string, string>>)[];
}

export interface FunctionBooks {
  /**
   * What a call of this function runs, by the weights of an alias chosen anew each time; `arn` may name a qualifier. Undefined: nothing that can be called.
   */
  running(arn: string): RunningCode | undefined;
  /** Whether its resource policy lets a service call it for something (`arn:aws:execute-api:…`). */
  allows(arn: string, principal: string, sourceArn: string): boolean;
  /** Names of the functions of a region. */
  names(region: string): string[];
  /** Tags by ARN of a function of a region. */
  tags(region: string): Record<string, Record<string, string>>;
}

export interface ObjectBooks {
  /** Undefined: no such bucket or object. */
  read(bucket: string, key: string, version?: string): Promise<Buffer | undefined>;
}

/** Credentials that sts has given out. */
export interface TemporaryKeys {
  /** Undefined: no such id. `expires`: milliseconds since 1970. */
  find(id: string): { secret: string; token: string; expires: number } | undefined;
}
