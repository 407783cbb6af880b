import type { JsonObject } from '../../../events/types.ts';
import { text } from '../call-parameters.ts';
import type { Api, Service } from './types.ts';

/** Where a request of a service goes. */
export interface Match {
  api: Api;
  environment: string;
  /** First segment of the path that is the environment's name, or ''. */
  stage: string;
  /** Values of `{id}` in the path of the API. */
  pathParameters: Record<string, string>;
}

export interface Asked {
  method: string;
  /** Encoded, without a query. */
  path: string;
  /** In lower case, without a port. */
  host: string;
}

/** Undefined: there is no such environment, or none of its APIs takes it. `what` says which. */
export function matchRequest(service: Service, asked: Asked): Match | { missing: string } {
  const place = placeOf(service, asked);
  const release = place === undefined ? undefined : service.releases[place.environment];
  if (place === undefined || release === undefined) {
    return { missing: `There is no api match env_mapping '${asked.path.split('/')[1] ?? ''}'` };
  }
  const segments = segmentsOf(place.path);
  const found = release.apis
    .flatMap((api) => {
      const fit = fitOf(api, asked.method, segments);
      return fit === undefined ? [] : [{ api, ...fit }];
    })
    .toSorted((a, b) => b.weight - a.weight)[0];
  if (found === undefined) {
    return { missing: `There is no api match uri '${place.path}', method '${asked.method}'` };
  }
  const { api, pathParameters } = found;
  return { api, environment: place.environment, stage: place.stage, pathParameters };
}

interface Place {
  environment: string;
  stage: string;
  /** Without the stage. */
  path: string;
}

/** By the first segment; at a domain of its own by the paths that it maps. */
function placeOf({ domains, releases }: Service, { path, host }: Asked): Place | undefined {
  const domain = domains.find(({ name }) => name.toLowerCase() === host);
  if (domain !== undefined && !domain.isDefaultMapping) {
    const mapped = domain.paths
      .filter((one) => startsWithPath(path, one.path))
      .toSorted((a, b) => b.path.length - a.path.length)[0];
    if (mapped === undefined) return undefined;
    const stage = mapped.path.replaceAll(/^\/+|\/+$/g, '');
    return {
      environment: mapped.environment,
      stage,
      path: stage === '' ? path : path.slice(stage.length + 1) || '/',
    };
  }
  const stage = path.split('/')[1] ?? '';
  if (!Object.hasOwn(releases, stage)) return undefined;
  return { environment: stage, stage, path: path.slice(stage.length + 1) || '/' };
}

function startsWithPath(path: string, start: string): boolean {
  const prefix = start.replace(/\/+$/, '');
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** A path takes all that is below it, one with `=` before it only itself; the longer the better, and a method is better than ANY. */
function fitOf(
  { settings }: Api,
  method: string,
  segments: string[],
): { weight: number; pathParameters: Record<string, string> } | undefined {
  const config = settings['RequestConfig'] as JsonObject;
  const wanted = text(config, 'Method').toUpperCase();
  if (wanted !== 'ANY' && wanted !== method) return undefined;
  const [, mark, path = '/'] = /^(=|\^~)?\s*(.*)$/.exec(text(config, 'Path')) ?? [];
  const pattern = segmentsOf(path);
  if (pattern.length > segments.length || (mark === '=' && pattern.length !== segments.length))
    return undefined;
  const pathParameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const segment = segments[index]!;
    if (name !== undefined) pathParameters[name] = decoded(segment);
    else if (part !== '*' && part !== decoded(segment) && part !== segment) return undefined;
  }
  const literal = pattern.filter((part) => !/^\{\w+\}$/.test(part) && part !== '*').length;
  const weight =
    (mark === '=' ? 10_000 : 0) + pattern.length * 100 + literal * 10 + (wanted === 'ANY' ? 0 : 1);
  return { weight, pathParameters };
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
