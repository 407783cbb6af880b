import type { Finding } from '../../types.ts';
import type { AppFacts } from '../facts.ts';
import { sizeFor } from '../memory-sizes.ts';
import { functionName, functionPath, type RouteGroup, routeGroups } from '../route-groups.ts';
import type { Rule } from '../rule.ts';
import { deferrable } from './heavy-import.ts';

/** A route is a heavy one when it needs so much more than the lightest, in MB and as a share. */
const MORE_MB = 24;
const MORE_SHARE = 0.15;

/** Routes that need more memory than the rest: one function is sized for its heaviest route. */
export const routeMemory: Rule = (facts) => {
  if (facts.hasFunctions) return [];
  const groups = routeGroups(facts);
  const lightest = Math.min(...groups.map(({ peakMb }) => peakMb));
  const isHeavy = ({ peakMb }: RouteGroup): boolean =>
    peakMb - lightest >= MORE_MB &&
    peakMb >= lightest * (1 + MORE_SHARE) &&
    sizeFor(peakMb, facts.target) > sizeFor(lightest, facts.target);
  const heavy = groups.filter(isHeavy);
  const light = groups.filter((group) => !isHeavy(group));
  if (heavy.length === 0 || light.length === 0) return [];
  return [finding(facts, heavy, light)];
};

function finding(facts: AppFacts, heavy: RouteGroup[], light: RouteGroup[]): Finding {
  const rest = sizeFor(Math.max(...light.map(({ peakMb }) => peakMb)), facts.target);
  const all = sizeFor(Math.max(...heavy.map(({ peakMb }) => peakMb)), facts.target);
  const saved = Math.round((1 - rest / all) * 100);
  const yaml = yamlOf(facts, heavy, light, rest);
  const names = heavy.map(({ route }) => route).join(', ');
  const first = deferrable(facts).filter(
    ({ users }) =>
      users.length > 0 &&
      users.every((user) => heavy.some((group) => group.requests.some(({ request }) => request === user))),
  );
  const less = first.reduce((sum, { megabytes }) => sum + megabytes, 0);
  const after = sizeFor(Math.max(0, Math.max(...light.map(({ peakMb }) => peakMb)) - less), facts.target);
  return {
    id: 'route-memory',
    severity: saved >= 20 ? 'medium' : 'low',
    title:
      heavy.length === 1
        ? `${names} needs more memory than the other routes`
        : `${names} need more memory than the other routes`,
    evidence: [...heavy, ...light].map(({ route, peakMb, requests }) => ({
      place: route,
      text: `${Math.round(peakMb)} MB at most, each request in an instance of its own (${requests.map(({ request }) => request).join(', ')})`,
    })),
    effect: `In one function every request pays for ${all} MB. With ${names} in ${heavy.length === 1 ? 'a function of its own' : 'functions of their own'} the others get along with ${rest} MB: their GB-seconds fall by ${saved} %.`,
    change:
      (yaml === undefined
        ? `Give ${names} a function of its own (functions: in ropeway.yml); its path is no pattern there and has to be written by hand.`
        : `Give ${names} ${heavy.length === 1 ? 'a function of its own' : 'functions of their own'}.`) +
      (first.length === 0 || after >= rest
        ? ''
        : ` What only ${heavy.length === 1 ? 'this route needs' : 'these routes need'} is loaded in every function, though: with ${first.map(({ owner }) => owner).join(' and ')} imported where it is used (see heavy-import), ${after} MB would do for the others.`),
    ...(yaml === undefined ? {} : { yaml }),
    appliable: yaml !== undefined,
  };
}

function yamlOf(facts: AppFacts, heavy: RouteGroup[], light: RouteGroup[], rest: number): string | undefined {
  const others = [...heavy, ...light].map(({ route }) => route);
  const lines = ['functions:', `  default: { memory: ${rest} }`];
  const taken = new Set(['default']);
  for (const group of heavy) {
    const path = functionPath(
      group.route,
      others.filter((route) => route !== group.route),
    );
    if (path === undefined) return undefined;
    const name = functionName(path, taken);
    taken.add(name);
    lines.push(`  ${name}: { memory: ${sizeFor(group.peakMb, facts.target)}, routes: ['${path}'] }`);
  }
  return lines.join('\n');
}
