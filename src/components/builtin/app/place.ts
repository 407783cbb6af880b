import type { Provider, RouteWish } from '../../../providers/types.ts';
import type { Component } from '../../component.ts';
import { isOurs, removeOwn } from '../ownership.ts';
import { labelsOn } from './labels-on.ts';

/** What is known of an app's function in one place. */
export interface PlaceState {
  /** Noted before it is made: a removal finds what a deployment left that was cut off. */
  function?: string;
  version?: string;
  url?: string;
  routes?: RouteWish[];
  /** Absent: the one that the target's gateway speaks. */
  eventFormat?: string;
  /** Digests of what was deployed, by part, to see and say what has changed. */
  parts?: Record<string, string>;
  /** What the provider said of it afterwards; what differs from it was changed by hand. */
  observed?: Record<string, string>;
  salt?: string;
  /** Functions that it had under another name. */
  obsolete?: string[];
}

/** The state of a component of an app: that of its first place, and by region those of the others. */
export type AppState = PlaceState & { region?: string; others?: Record<string, PlaceState> };

/** Where a component has its function: this machine, or a region. */
export interface Place {
  component: Component;
  /** Absent: on this machine. */
  region: string | undefined;
  provider: Provider;
  /** `shop`, or `shop in ap-beijing` where there are several. */
  title(name: string): string;
  state(): PlaceState;
  /** In memory; `component.save()` writes it down. */
  setState(state: PlaceState): void;
}

/** One place for each of these regions; none: where it is already, else the provider's default. */
export function placesOf(component: Component, regions: readonly string[]): Place[] {
  const wanted = regions.length === 0 ? [homeOf(component)] : regions;
  const known = stateOf(component);
  // What was the first may be one of the others now.
  if (known.region !== wanted[0] && known.function !== undefined) reorder(component, wanted[0]);
  return wanted.map((region, index) => placeAt(component, region, index === 0));
}

/** Those that the state tells of, whatever the inputs say now. */
export function knownPlaces(component: Component): Place[] {
  const { region, others = {} } = stateOf(component);
  return [
    placeAt(component, region, true),
    ...Object.keys(others).map((one) => placeAt(component, one, false)),
  ];
}

/** Removes what is there of it; returns the names of what went. */
export async function clearPlace(place: Place, onRemoving: (name: string) => void): Promise<string[]> {
  const { component, provider } = place;
  const { function: name, obsolete = [] } = place.state();
  const removed = await removeOwn(component, [name, ...obsolete], {
    labels: async (one) => labelsOn(await provider.findFunction(one)),
    remove: (one) => {
      onRemoving(one);
      return provider.removeFunction(one);
    },
  });
  place.setState({});
  return removed;
}

/** Removes functions that it had under other names. */
export async function clearObsolete(place: Place): Promise<void> {
  const { component, provider } = place;
  const { obsolete = [], ...rest } = place.state();
  if (obsolete.length === 0) return;
  for (const name of obsolete) {
    if (isOurs(component, labelsOn(await provider.findFunction(name)))) await provider.removeFunction(name);
  }
  place.setState(rest);
  await component.save();
}

/** A note for people when the default region is another one by now than that in which it is. */
export function staysNote(component: Component, regions: readonly string[]): string | undefined {
  const { function: name, region } = stateOf(component);
  if (regions.length > 0 || name === undefined || region === undefined) return undefined;
  const home = defaultRegion(component);
  if (home === undefined || home === region) return undefined;
  return `${name} is in ${region} and stays there, though ${home} is the default region now: \`region: ${home}\` in its inputs moves it`;
}

/** A default that has changed since (another shell, another profile) would leave behind what is there. */
function homeOf(component: Component): string | undefined {
  const { function: name, region } = stateOf(component);
  return name === undefined ? component.context.provider.region : region;
}

/** Undefined when there is none: nobody needs it. */
function defaultRegion({ context }: Component): string | undefined {
  try {
    return context.provider.region;
  } catch {
    return undefined;
  }
}

function stateOf(component: Component): AppState {
  return component.state;
}

function placeAt(component: Component, region: string | undefined, isFirst: boolean): Place {
  const isOnly = isFirst && stateOf(component).others === undefined;
  return {
    component,
    region,
    provider: component.context.providerFor(region),
    title: (name) => (region === undefined || isOnly ? name : `${name} in ${region}`),
    state: () => {
      const { region: _, others = {}, ...first } = stateOf(component);
      return isFirst ? first : (others[region!] ?? {});
    },
    setState: (state) => {
      const { others = {}, ...first } = stateOf(component);
      if (isFirst) {
        component.state = {
          ...state,
          ...(region === undefined ? {} : { region }),
          ...(Object.keys(others).length === 0 ? {} : { others }),
        };
        return;
      }
      const { [region!]: _, ...rest } = others;
      const kept = Object.keys(state).length === 0 ? rest : { ...rest, [region!]: state };
      component.state = { ...first, ...(Object.keys(kept).length === 0 ? {} : { others: kept }) };
    },
  };
}

/** Lets another region be the first one. */
function reorder(component: Component, first: string | undefined): void {
  const { region, others = {}, ...state } = stateOf(component);
  const { [first ?? '']: next = {}, ...rest } = others;
  const kept = region === undefined ? rest : { ...rest, [region]: state };
  component.state = {
    ...next,
    ...(first === undefined ? {} : { region: first }),
    ...(Object.keys(kept).length === 0 ? {} : { others: kept }),
  };
}
