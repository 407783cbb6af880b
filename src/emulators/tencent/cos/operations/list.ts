import { accessOperations } from './access.ts';
import { bucketOperations } from './buckets.ts';
import { copyOperations } from './copies.ts';
import { objectOperations } from './objects.ts';
import { settingOperations } from './settings.ts';
import type { Operation } from './types.ts';
import { uploadOperations } from './uploads.ts';

const OPERATIONS: Operation[] = [
  ...bucketOperations,
  ...settingOperations,
  ...accessOperations,
  ...objectOperations,
  ...copyOperations,
  ...uploadOperations,
];

/** Sub-resources that COS has and this emulator has not: not to be taken for the plain operation. */
const UNKNOWN = [
  ...['versions', 'versionId', 'restore', 'select', 'inventory', 'replication', 'object-lock', 'retention'],
  ...['intelligenttiering', 'policyStatus', 'notification', 'symlink', 'ci-process', 'imageMogr2'],
];

export interface Wanted {
  method: string;
  about: Operation['about'];
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
}

/** Undefined: COS has no such operation, or it is not emulated. */
export function findOperation({ method, about, query, headers }: Wanted): Operation | undefined {
  if (UNKNOWN.some((name) => query.has(name))) return undefined;
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
