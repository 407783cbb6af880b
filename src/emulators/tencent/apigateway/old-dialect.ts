import type { JsonObject, JsonValue } from '../../../events/types.ts';

/** What is named otherwise in the API before 3.0 (`apigateway.api.qcloud.com`). */
const OLD_NAMES: [old: string, current: string][] = [
  ['secretId', 'AccessKeyId'],
  ['secretKey', 'AccessKeySecret'],
  ['secretIds', 'AccessKeyIds'],
  ['type', 'AccessKeyType'],
  ['subDomain', 'OuterSubDomain'],
  ['apiKeyStatusSet', 'ApiKeySet'],
  ['secretIdList', 'AccessKeyList'],
  ['usagePlanList', 'ApiUsagePlanList'],
];

/** Parameters in today's names: `serviceId` → `ServiceId`. */
export function fromOld(parameters: JsonObject): JsonObject {
  // Here it is the domain to be bound, not the service's own.
  const { subDomain, authRequired, ...others } = parameters;
  const current = renamed(others, (name) => namesIn(OLD_NAMES, name) ?? upperFirst(name)) as JsonObject;
  return {
    ...current,
    ...(subDomain === undefined ? {} : { SubDomain: subDomain }),
    ...(authRequired === undefined
      ? {}
      : { AuthType: String(authRequired).toUpperCase() === 'TRUE' ? 'SECRET' : 'NONE' }),
  };
}

/** What is answered: in old names, at the top, and once more in `data`, since some clients look here and some there. */
export function toOld(result: JsonObject): JsonObject {
  const { Result, ...top } = result;
  const inner = typeof Result === 'object' && Result !== null && !Array.isArray(Result) ? Result : {};
  const old = renamed(
    { ...top, ...inner },
    (name) => OLD_NAMES.find(([, current]) => current === name)?.[0] ?? lowerFirst(name),
  ) as JsonObject;
  return { ...old, data: old };
}

function namesIn(pairs: [string, string][], name: string): string | undefined {
  return pairs.find(([old]) => old === name)?.[1];
}

function renamed(value: JsonValue, rename: (name: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [rename(name), renamed(one, rename)]));
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
