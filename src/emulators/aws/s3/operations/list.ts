import { preflightHeaders } from '../../../buckets/cors.ts';
import { accessDenied } from '../errors.ts';
import { empty } from '../answers.ts';
import { bucketOperations } from './buckets.ts';
import { copyOperations } from './copies.ts';
import { listOperations } from './lists.ts';
import { objectOperations } from './objects.ts';
import { settingOperations } from './settings.ts';
import { tagOperations } from './tags.ts';
import type { Operation, S3Call } from './types.ts';
import { uploadOperations } from './uploads.ts';

const PREFLIGHT: Operation[] = (['bucket', 'object'] as const).map((about) => ({
  name: 'Preflight',
  method: 'OPTIONS',
  about,
  anyone: 'preflight',
  run: ({ bucket, headers }: S3Call) => {
    const allowed = preflightHeaders(bucket.settings['cors'], headers);
    if (allowed !== undefined) return empty(200, allowed);
    throw accessDenied('CORSResponse: This CORS request is not allowed.');
  },
}));

const OPERATIONS: Operation[] = [
  ...bucketOperations,
  ...listOperations,
  ...settingOperations,
  ...objectOperations,
  ...tagOperations,
  ...copyOperations,
  ...uploadOperations,
  ...PREFLIGHT,
];

/** Sub-resources that S3 has and this emulator has not: not to be taken for the plain operation. */
const UNKNOWN = [
  ...['versions', 'versionId', 'restore', 'select', 'inventory', 'replication', 'object-lock', 'retention'],
  ...['legal-hold', 'intelligent-tiering', 'notification', 'analytics', 'metrics', 'torrent', 'attributes'],
  ...['session', 'metadataTable', 'metadataConfiguration', 'renameObject', 'abac', 'encryption-context'],
];
/** Told, but not to be changed. */
const ONLY_READ = ['acl', 'location', 'policyStatus'];

export interface Wanted {
  method: string;
  about: Operation['about'];
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
}

/** Undefined: S3 has no such operation, or it is not emulated. */
export function findOperation({ method, about, query, headers }: Wanted): Operation | undefined {
  if (UNKNOWN.some((name) => query.has(name))) return undefined;
  if (method !== 'GET' && ONLY_READ.some((name) => query.has(name))) return undefined;
  return OPERATIONS.filter(
    (one) =>
      one.method === method &&
      one.about === about &&
      (one.parameters ?? []).every((name) => query.has(name)) &&
      (one.header === undefined || headers[one.header] !== undefined),
  ).toSorted((a, b) => weight(b) - weight(a))[0];
}

function weight({ parameters = [], header }: Operation): number {
  return parameters.length * 2 + (header === undefined ? 0 : 1);
}
