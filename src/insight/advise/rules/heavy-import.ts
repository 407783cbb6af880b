import type { Finding, ImportNode } from '../../types.ts';
import { type AppFacts, evidenceOf, traitsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** Worth it: so many ms, and such a share of loading the app. */
const LEAST_MS = 30;
const LEAST_SHARE = 0.1;
const STANDARD = '(standard library)';

/** A package that loading imports and some requests do without. */
export interface Deferrable {
  owner: string;
  ms: number;
  /** 0 where it cannot be told. */
  megabytes: number;
  /** Requests that run its code; empty: none of those that were measured. */
  users: string[];
  /** Names under which the app imports it. */
  modules: string[];
}

/** Packages that the app's own modules import when they are loaded, and not all of its requests use. */
export function deferrable({ profile }: AppFacts): Deferrable[] {
  const routes = (profile?.routes ?? []).filter(({ failed }) => failed === undefined);
  if (
    profile === undefined ||
    routes.length === 0 ||
    routes.some(({ usedPackages }) => usedPackages === undefined)
  )
    return [];
  const found = new Map<string, Deferrable>();
  const visit = (node: ImportNode, importer: string): void => {
    // Within packages the import is not the user's to move.
    if (node.owner !== 'app' && node.owner !== STANDARD) {
      if (importer === 'app') {
        const one = found.get(node.owner) ?? {
          owner: node.owner,
          ms: 0,
          megabytes: 0,
          users: [],
          modules: [],
        };
        one.ms += node.totalMs;
        one.megabytes += node.totalMb ?? 0;
        one.modules.push(node.name);
        found.set(node.owner, one);
      }
      return;
    }
    for (const child of node.children) visit(child, node.owner);
  };
  for (const root of profile.imports) visit(root, 'app');
  const appMs = profile.imports.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return [...found.values()]
    .map((one) => ({
      ...one,
      users: routes
        .filter(({ usedPackages }) => usedPackages!.includes(one.owner))
        .map(({ request }) => request),
    }))
    .filter(({ ms, users }) => ms >= LEAST_MS && ms >= appMs * LEAST_SHARE && users.length < routes.length)
    .sort((a, b) => b.ms - a.ms);
}

/** Packages that cost every cold start, and that not every request needs. */
export const heavyImport: Rule = (facts) => {
  const { profile } = facts;
  const all = profile?.routes.filter(({ failed }) => failed === undefined).length ?? 0;
  return deferrable(facts).map((one): Finding => {
    const { owner, users } = one;
    const appMs = profile!.imports.reduce((sum, { totalMs }) => sum + totalMs, 0);
    const share = one.ms / appMs;
    // Loading the tree is watched, which takes time of its own: of the measured load it is the same share.
    const ms = Math.round(share * (profile!.load.totalMs - profile!.load.runtimeMs));
    const memory = one.megabytes >= 1 ? ` and ${Math.round(one.megabytes)} MB` : '';
    const who =
      users.length === 0
        ? `none of the ${all} requests runs its code`
        : `only ${users.join(', ')} ${users.length === 1 ? 'runs' : 'run'} its code (${users.length} of ${all} requests)`;
    return {
      id: 'heavy-import',
      severity: share >= 0.3 ? 'medium' : 'low',
      title: `${owner} is loaded at every cold start, and not every request needs it`,
      evidence: [
        ...importsOf(facts, one.modules),
        { place: owner, text: `${ms} ms${memory} of loading the app (${Math.round(share * 100)} %); ${who}` },
      ],
      effect: `Cold starts of the other requests take ${ms} ms less (${Math.round(profile!.load.totalMs)} → ${Math.round(profile!.load.totalMs - ms)} ms)${memory === '' ? '' : `, and their instances${memory.replace(' and', '')} less`}.`,
      change:
        facts.app.runtime === 'python'
          ? `Import it inside the functions that use it (\`import ${one.modules[0]}\` as their first line): Python keeps it after the first call.`
          : `Load it where it is used: \`require()\` or \`await import()\` inside the handler; Node keeps it after the first call.`,
      appliable: false,
    };
  });
};

function importsOf(facts: AppFacts, modules: string[]): Finding['evidence'] {
  const wanted = new Set(
    modules.flatMap((name) => [name, name.split('/')[0]!, name.split('/').slice(0, 2).join('/')]),
  );
  return traitsOf(facts, 'import')
    .filter(({ what }) => wanted.has(what))
    .map(evidenceOf)
    .slice(0, 5);
}
