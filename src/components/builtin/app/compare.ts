import { createHash, createHmac } from 'node:crypto';

import type { LiveFunction, RouteWish } from '../../../providers/types.ts';
import { routeText } from '../../../providers/route-text.ts';
import type { FoundApp } from '../../types.ts';
import type { AppSettings } from './settings.ts';

/** What was deployed, as digests and texts by part, so that one can see and say what has changed. */
export function partsOf(
  settings: AppSettings,
  found: FoundApp,
  routes: RouteWish[] | undefined,
  salt: string,
): Record<string, string> {
  const { env, limits, stream, warmup, cold, eventFormat, layers, cloud } = settings;
  return {
    code: found.source,
    // Values may be secrets that could be guessed from a plain digest.
    environment: createHmac('sha256', salt).update(stable(env)).digest('hex'),
    limits: stable(limits),
    routes: stable(routes ?? null),
    layers: stable(layers),
    settings: stable({ stream, warmup, cold, eventFormat }),
    cloud: stable(cloud),
  };
}

/** One digest of all of it, for a label: a deployment whose state was lost sees by it whether anything has changed. */
export function deploymentDigest(
  settings: AppSettings,
  found: FoundApp,
  routes: RouteWish[] | undefined,
): string {
  return digestOf([found.source, settingsText(settings, routes)]);
}

function settingsText(settings: AppSettings, routes: RouteWish[] | undefined): string {
  const { env, limits, stream, warmup, cold, eventFormat, layers, cloud } = settings;
  return stable({ env, limits, stream, warmup, cold, eventFormat, layers, cloud, routes });
}

/** The same for the same values, whatever order their keys have. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inside: unknown) =>
      typeof inside === 'object' && inside !== null && !Array.isArray(inside)
        ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inside,
    ) ?? ''
  );
}

function digestOf(texts: string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex');
}

export interface Before {
  function?: string;
  version?: string;
  parts?: Record<string, string>;
}

/** What a deployment would change, in words; nothing: it would change nothing. */
export function differences(
  before: Before,
  live: LiveFunction | undefined,
  now: { name: string; parts: Record<string, string>; deployment: string; routes: readonly RouteWish[] },
): string[] {
  if (live === undefined) return ['it is not there'];
  const serving = live.versions.find(({ version }) => version === live.version);
  const isSame = serving?.labels['deployment'] === now.deployment;
  // Without a state the labels of what is there tell whether it is the same.
  if (before.parts === undefined || serving === undefined)
    return isSame ? [] : ['what was deployed is not known'];
  const because = Object.keys(now.parts).filter((part) => now.parts[part] !== before.parts![part]);
  if (before.version !== live.version && !isSame)
    because.push(`version ${live.version} serves, not ${before.version}`);
  else if (because.length === 0 && !isSame) because.push('an older version serves');
  if (before.function !== now.name) because.push('name');
  const lost = now.routes.map(routeText).find((text) => !live.routes.includes(text));
  if (because.length === 0 && lost !== undefined) because.push(`${lost} does not lead to it`);
  return because;
}
