import { pythonFrameworks } from '../list.ts';
import type { FileFacts, FunctionFact, Scan } from './facts.ts';
import type { PythonFramework } from './framework.ts';
import { modulePlace } from './module-name.ts';

/** What a call makes, and through which of the app's own functions. */
export interface Made {
  framework: PythonFramework;
  /** `pkg.module.create_app`, when a function of the app made it. */
  factory?: string;
}

/** Names of the whole app: which file a dotted module is, which framework a call makes. */
export interface Resolver {
  /** The dotted module of a file. */
  moduleOf(facts: FileFacts): string;
  /** What a call of `callee` in this file makes; undefined when it is not known to make an app. */
  made(facts: FileFacts, callee: string | null): Made | undefined;
  /** Whether a qualified name is of one of the app's own modules. */
  isLocal(name: string): boolean;
  /** `.app` of a file as `pkg.module.app`; anything else as it is. */
  absolute(facts: FileFacts, name: string): string;
}

const MAX_DEPTH = 6;

export function createResolver(dir: string, scan: Scan): Resolver {
  const modules = new Map<FileFacts, string>();
  const byModule = new Map<string, FileFacts>();
  for (const facts of scan.files.values()) {
    const { module } = modulePlace(dir, facts);
    modules.set(facts, module);
    byModule.set(module, facts);
    // The same file may be imported from the app folder, too.
    const fromTop = facts.file.replace(/(\/__init__)?\.py$/, '').replaceAll('/', '.');
    if (!byModule.has(fromTop)) byModule.set(fromTop, facts);
  }

  const findFunction = (facts: FileFacts, callee: string): [FileFacts, FunctionFact] | undefined => {
    const dot = callee.lastIndexOf('.');
    const name = callee.slice(dot + 1);
    const home = dot === 0 ? facts : byModule.get(callee.slice(0, dot));
    const found = home?.functions.find((one) => one.name === name);
    if (home !== undefined && found !== undefined) return [home, found];
    const passedOn = home?.reexports.find((one) => one.name === name && one.target !== callee);
    return passedOn === undefined ? undefined : findFunction(home!, passedOn.target);
  };

  const made = (facts: FileFacts, callee: string | null, depth = 0): Made | undefined => {
    if (callee === null || depth > MAX_DEPTH) return undefined;
    const framework = knownFramework(callee);
    if (framework !== undefined) return { framework };
    const own = findFunction(facts, callee);
    if (own === undefined) return undefined;
    for (const returned of own[1].returns) {
      const inner = made(own[0], returned, depth + 1);
      if (inner !== undefined) return { ...inner, factory: `${modules.get(own[0])}.${own[1].name}` };
    }
    return undefined;
  };

  return {
    moduleOf: (facts) => modules.get(facts) ?? '',
    made,
    isLocal: (name) =>
      [...byModule.keys()].some((module) => name === module || name.startsWith(`${module}.`)),
    absolute: (facts, name) => (name.startsWith('.') ? `${modules.get(facts)}${name}` : name),
  };
}

function knownFramework(callee: string): PythonFramework | undefined {
  const exact = pythonFrameworks.find(({ constructors }) => constructors.includes(callee));
  if (exact !== undefined) return exact;
  // Pyramid's configurator is made in one statement and asked for the app in another.
  if (callee.endsWith('.make_wsgi_app')) return pythonFrameworks.find(({ id }) => id === 'pyramid');
  return undefined;
}
