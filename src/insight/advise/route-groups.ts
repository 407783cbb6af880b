import type { RouteProfile } from '../types.ts';
import type { AppFacts } from './facts.ts';

/** Measured requests of one route. */
export interface RouteGroup {
  /** The app's pattern (`/hello/<name>`), or the path where that is not known. */
  route: string;
  requests: RouteProfile[];
  /** The highest of its requests, in MB. */
  peakMb: number;
}

/** The measured requests by route, those that failed and those without memory left out. */
export function routeGroups({ profile, paths }: AppFacts): RouteGroup[] {
  const groups = new Map<string, RouteGroup>();
  for (const request of profile?.routes ?? []) {
    if (request.failed !== undefined || request.peakMb <= 0) continue;
    const route = request.route ?? paths[request.request]?.path.split('?', 1)[0] ?? request.request;
    const group = groups.get(route) ?? { route, requests: [], peakMb: 0 };
    group.requests.push(request);
    group.peakMb = Math.max(group.peakMb, request.peakMb);
    groups.set(route, group);
  }
  return [...groups.values()];
}

/**
 * A framework's pattern as a path of `functions:` in ropeway.yml: `/jieba` gives `/jieba/*` (which takes `/jieba`, too), `/users/<id>/pdf`
 * gives `/users/{id}/pdf`. Undefined where it cannot be said with one.
 */
export function functionPath(route: string, others: readonly string[]): string | undefined {
  const segments = route.replace(/\/+$/, '').split('/').slice(1);
  const path: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (/^[\w.~%-]+$/.test(segment)) path.push(segment);
    else if (isLast && /^(?:\*\w*|\{\*\w+\}|<path:\w+>|\{\w+:path\})$/.test(segment))
      return path.length === 0 ? undefined : `/${path.join('/')}/*`;
    else if (/^(?:<(?:\w+:)?\w+>|\{\w+(?::\w+)?\}|:\w+)$/.test(segment))
      path.push(`{${/(\w+)\W*$/.exec(segment.replace(/\{(\w+):\w+\}/, '{$1}'))![1]}}`);
    else return undefined;
  }
  if (path.length === 0) return undefined;
  const exact = `/${path.join('/')}`;
  // Everything below goes along, unless another route is there.
  const isFree = !others.some((other) => other.startsWith(`${exact}/`));
  return isFree && !exact.endsWith('}') ? `${exact}/*` : exact;
}

/** A name for the function of a path: its last fixed segment. */
export function functionName(path: string, taken: ReadonlySet<string>): string {
  const fixed = path.split('/').filter((segment) => /^[A-Za-z][\w.~-]*$/.test(segment));
  const base = (fixed.at(-1) ?? 'heavy').replaceAll(/[^\w-]/g, '-').slice(0, 28);
  let name = base === 'default' ? 'default-route' : base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
  return name;
}
