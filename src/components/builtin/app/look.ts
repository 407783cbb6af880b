import { randomBytes } from 'node:crypto';

import { percent } from '../../../lib/percent.ts';
import type { LiveFunction, RouteWish } from '../../../providers/types.ts';
import type { Component } from '../../component.ts';
import type { FoundApp } from '../../types.ts';
import { givenName, ownName } from '../names.ts';
import { labelsOf, refuseForeign } from '../ownership.ts';
import { sourceFolder } from '../source-folder.ts';
import { checkFramework } from './check-framework.ts';
import { chooseRoutes } from './choose-routes.ts';
import { deploymentDigest, differences, partsOf } from './compare.ts';
import { driftOf, observedOf } from './drift.ts';
import { labelsOn } from './labels-on.ts';
import { defined } from './own-inputs.ts';
import type { Place } from './place.ts';
import type { AppSettings } from './settings.ts';
import { streamsOn } from './streams.ts';

/** How things stand in one place, and what is wanted there. */
export interface Wanted {
  name: string;
  found: FoundApp;
  live: LiveFunction | undefined;
  routes: RouteWish[] | undefined;
  salt: string;
  parts: Record<string, string>;
  labels: Record<string, string>;
  /** What a deployment would change, in words; none: nothing. */
  because: string[];
  /** A version of just this gets a share of the requests already. */
  canary: { version: string; weight: number } | undefined;
}

/** Finds the app; once for all places. */
export function findApp(component: Component, settings: AppSettings): Promise<FoundApp> {
  const { context } = component;
  const dir = sourceFolder(component, settings.src, 'the folder of an app');
  const { app, start, handler, include, exclude, node, cloud, eventFormat } = settings;
  const { type, runtime, arch, interpreter } = cloud;
  const wish = { dir, include, exclude, ...defined({ app, start, handler, node }) };
  return context.workshop.find(
    context.target === 'local'
      ? wish
      : {
          ...wish,
          cloud: {
            stream: streamsOn(context.target, settings),
            ...defined({ type, runtime, arch, interpreter, eventFormat }),
          },
        },
  );
}

/** Looks. Changes nothing. Throws NAME_TAKEN, OTHER_FRAMEWORK. */
export async function look(
  place: Place,
  kind: string,
  settings: AppSettings,
  found: FoundApp,
): Promise<Wanted> {
  const { component, provider } = place;
  const before = place.state();
  const name = givenName(component, settings) ?? before.function ?? ownName(component);
  const live = await provider.findFunction(name);
  refuseForeign(component, 'function', name, labelsOn(live));
  checkFramework(component.id, kind, settings.frameworks, found);
  const routes = await chooseRoutes(component, name, settings, before.routes, live !== undefined);
  const salt = before.salt ?? randomBytes(16).toString('hex');
  const parts = partsOf(settings, found, routes, salt);
  const deployment = deploymentDigest(settings, found, routes);
  const canary = canaryOf(live, deployment);
  // A version of this is on its way in: that it does not have all requests yet is its own affair.
  const because =
    canary === undefined
      ? differences(before, live, { name, parts, deployment, routes: routes ?? [] })
      : canary.weight === component.context.canary
        ? []
        : [`version ${canary.version} gets ${percent(canary.weight)} of the requests`];
  const drift = live?.version === before.version ? driftOf(before.observed, observedOf(live, salt)) : [];
  return {
    name,
    found,
    live,
    routes,
    salt,
    parts,
    labels: { ...labelsOf(component), deployment },
    because: [...because, ...drift],
    canary,
  };
}

function canaryOf(live: LiveFunction | undefined, deployment: string): LiveFunction['canary'] {
  const canary = live?.canary;
  const version = live?.versions.find((one) => one.version === canary?.version);
  return version?.labels['deployment'] === deployment ? canary : undefined;
}
