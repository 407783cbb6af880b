import type { JsonObject } from '../../../events/types.ts';

/** All that the old API gateway has been told. */
export interface Told {
  services: Service[];
  apis: Api[];
  plans: UsagePlan[];
  keys: ApiKey[];
  apps: ApiApp[];
}

export interface Service {
  /** `service-4r4xrrz4` */
  id: string;
  region: string;
  /** `ServiceName`, `ServiceDesc`, `Protocol`, `NetTypes`, `ExclusiveSetName`… as they were given. */
  settings: JsonObject;
  /** Milliseconds since 1970. */
  createdAt: number;
  modifiedAt: number;
  /** Where it answers. */
  port: number;
  /** By the name of the environment: `release`, `test`, `prepub`. */
  releases: Record<string, Release>;
  domains: Domain[];
  /** The `apigw` trigger of a function has made it. */
  isOfTrigger?: boolean;
}

/** What an environment serves: the APIs as they were when it was released. */
export interface Release {
  version: string;
  description: string;
  releasedAt: number;
  apis: Api[];
}

export interface Api {
  /** `api-6tfrdysk` */
  id: string;
  serviceId: string;
  /** All that CreateApi and ModifyApi have said, in the names of API 3.0. */
  settings: JsonObject;
  createdAt: number;
  modifiedAt: number;
}

export interface UsagePlan {
  /** `usagePlan-7y2csyfp` */
  id: string;
  settings: JsonObject;
  createdAt: number;
  modifiedAt: number;
  keyIds: string[];
  bindings: Binding[];
}

/** A plan is bound to a whole environment of a service, or to one API in it. */
export interface Binding {
  serviceId: string;
  environment: string;
  apiId?: string;
  boundAt: number;
}

export interface ApiKey {
  id: string;
  secret: string;
  name: string;
  /** `auto`, `manual` */
  type: string;
  isEnabled: boolean;
  createdAt: number;
  modifiedAt: number;
}

export interface Domain {
  name: string;
  /** As given: `Protocol`, `CertificateId`, `NetType`, `IsForcedHttps`. */
  settings: JsonObject;
  isDefaultMapping: boolean;
  paths: { path: string; environment: string }[];
}

export interface ApiApp {
  id: string;
  key: string;
  secret: string;
  name: string;
  description: string;
  createdAt: number;
  modifiedAt: number;
  bindings: { serviceId: string; apiId: string; environment: string; at: number }[];
}
