import { handlerCandidates } from '../handler/index.ts';
import type { DetectedApp } from '../types.ts';
import { type CandidateParts, pythonApp } from './candidate.ts';
import type { Assign, FileFacts, FunctionFact, Scan } from './facts.ts';
import { createResolver, type Resolver } from './resolve.ts';

/** A candidate and what it is called throughout the app. */
export interface Found {
  app: DetectedApp;
  /** `pkg.module.app` */
  identity: string;
  /** The factory behind it: two objects of the same factory are the same app. */
  factory: string | undefined;
}

/**
 * The apps that the syntax trees show, of the strongest kind that there is: objects at top level, functions that
 * are WSGI or ASGI apps themselves, factories without arguments, bare handlers.
 */
export function appsFromSources(dir: string, scan: Scan): DetectedApp[] {
  const resolver = createResolver(dir, scan);
  const all = [...scan.files.values()];
  const made = all.flatMap((facts) => objectsOf(dir, facts, resolver));
  const wrappers = all.flatMap((facts) => wrappersOfImported(dir, facts, made, resolver));
  const inner = new Set([
    ...all.flatMap((facts) => facts.mounted.map((name) => resolver.absolute(facts, name))),
    ...all.flatMap((facts) => wrappedNames(facts, resolver)),
  ]);
  const objects = [...made, ...wrappers].filter(({ identity }) => !inner.has(identity));
  const kinds = [
    sameFactoryOnce(preferWsgiDjango(objects)),
    all.flatMap((facts) => functionApps(dir, facts)),
    factoriesOf(dir, all, resolver),
    all.flatMap((facts) => importedApps(dir, facts, resolver)),
    all.flatMap((facts) => handlerCandidates(dir, facts)),
  ];
  return (kinds.find((found) => found.length > 0) ?? []).map(({ app }) => app);
}

/** The apps among the objects at top level of one file, wrappers (`application = Middleware(app)`) instead of what they wrap. */
export function objectsOf(dir: string, facts: FileFacts, resolver: Resolver): Found[] {
  const found = new Map<string, Found>();
  for (const assign of facts.assigns) {
    const made = resolver.made(facts, assign.callee);
    const wrapped = assign.args.map((name) => found.get(name)).find((one) => one !== undefined);
    if (made !== undefined) {
      for (const name of assign.args) found.delete(name);
      const attribute =
        made.framework.attribute === undefined ? assign.name : `${assign.name}.${made.framework.attribute}`;
      const parts = {
        framework: made.framework.id,
        title: made.framework.title,
        interface: made.framework.interface,
      };
      add(assign, attribute, parts, made.factory);
    } else if (
      wrapped !== undefined &&
      found.get(`.${assign.name}`) !== wrapped &&
      WRAPPER_NAME.test(assign.name)
    ) {
      found.delete(assign.args.find((name) => found.get(name) === wrapped)!);
      const { framework, title, entry } = wrapped.app;
      const wrappedInterface = entry.runtime === 'python' ? entry.interface : 'wsgi';
      add(
        assign,
        assign.name,
        { framework, title, interface: adapted(assign.callee) ?? wrappedInterface },
        wrapped.factory,
      );
    }
  }
  return [...found.values()];

  function add(
    assign: Assign,
    attribute: string,
    parts: Pick<CandidateParts, 'framework' | 'title' | 'interface'>,
    factory: string | undefined,
  ): void {
    const app = pythonApp({ dir, facts, ...parts, attribute, place: assign });
    found.set(`.${assign.name}`, { app, identity: `${resolver.moduleOf(facts)}.${assign.name}`, factory });
  }
}

/** `application = Middleware(app)` with an app of another file. */
function wrappersOfImported(dir: string, facts: FileFacts, made: Found[], resolver: Resolver): Found[] {
  return facts.assigns.flatMap((assign) => {
    if (!isWrapper(assign) || resolver.made(facts, assign.callee) !== undefined) return [];
    const wrapped = made.find(({ identity }) => assign.args.includes(identity));
    if (wrapped === undefined || wrapped.app.entry.runtime !== 'python') return [];
    const { framework, title, entry } = wrapped.app;
    const kind = adapted(assign.callee) ?? entry.interface;
    const app = pythonApp({
      dir,
      facts,
      framework,
      title,
      interface: kind,
      attribute: assign.name,
      place: assign,
    });
    return [{ app, identity: `${resolver.moduleOf(facts)}.${assign.name}`, factory: wrapped.factory }];
  });
}

/** The apps that apps of this file are made around, wherever they come from. */
function wrappedNames(facts: FileFacts, resolver: Resolver): string[] {
  return facts.assigns
    .filter((assign) => resolver.made(facts, assign.callee) !== undefined || isWrapper(assign))
    .flatMap((assign) => assign.args.filter((name) => name !== `.${assign.name}`))
    .map((name) => resolver.absolute(facts, name));
}

function isWrapper({ callee, name }: Assign): boolean {
  return callee !== null && WRAPPER_NAME.test(name);
}

/** Names under which servers look for an app; anything else made of an app is an extension, a client… */
const WRAPPER_NAME = /^(application|app|asgi|wsgi|asgi_app|wsgi_app|asgi_application|wsgi_application)$/;

/** Adapters that turn one interface into the other. */
function adapted(callee: string | null): 'wsgi' | 'asgi' | undefined {
  if (callee === null) return undefined;
  if (/\.(WSGIMiddleware|WsgiToAsgi)$/.test(callee)) return 'asgi';
  return callee.endsWith('.ASGIMiddleware') ? 'wsgi' : undefined;
}

/** File names by which an app is usually served, the most telling first. */
const CONVENTION = ['wsgi', 'asgi', 'app', 'main', 'application', 'server', 'run', '__init__'];

function conventionRank({ app }: Found): number {
  const file = app.evidence[0]!.file.replace(/\.py$/, '').split('/').at(-1)!;
  const rank = CONVENTION.indexOf(file);
  return rank === -1 ? CONVENTION.length : rank;
}

/** Of several objects that one factory made (app, worker, shell), the one in the most usual file. */
function sameFactoryOnce(found: Found[]): Found[] {
  const kept = new Map<string, Found>();
  for (const one of found) {
    const key = one.factory ?? one.identity;
    const earlier = kept.get(key);
    if (earlier === undefined || conventionRank(one) < conventionRank(earlier)) kept.set(key, one);
  }
  return [...kept.values()];
}

/** Django's own project template has both `wsgi.py` and `asgi.py`, for the same app. */
function preferWsgiDjango(found: Found[]): Found[] {
  const django = found.filter(({ app }) => app.framework === 'django');
  const wsgi = django.filter(({ app }) => app.entry.runtime === 'python' && app.entry.interface === 'wsgi');
  if (wsgi.length !== 1 || django.length < 2) return found;
  return found.filter((one) => one.app.framework !== 'django' || one === wsgi[0]);
}

/** Functions that are apps by their parameters: PEP 3333 and ASGI name them. */
export function functionApps(dir: string, facts: FileFacts): Found[] {
  return facts.functions.flatMap((one) => {
    const kind = functionKind(one);
    if (kind === undefined) return [];
    const title = kind === 'wsgi' ? 'WSGI app' : 'ASGI app';
    const app = pythonApp({
      dir,
      facts,
      framework: kind,
      title,
      interface: kind,
      attribute: one.name,
      place: one,
    });
    return [{ app, identity: `${facts.file}.${one.name}`, factory: undefined }];
  });
}

function functionKind({ params, isAsync }: FunctionFact): 'wsgi' | 'asgi' | undefined {
  const names = params.join(',');
  if (!isAsync && (names === 'environ,start_response' || names === 'env,start_response')) return 'wsgi';
  return isAsync && names === 'scope,receive,send' ? 'asgi' : undefined;
}

/** `from package import app` of an installed package, in a file that servers look into. */
function importedApps(dir: string, facts: FileFacts, resolver: Resolver): Found[] {
  if (!/^(wsgi|asgi|app|main|application|server)\.py$/.test(facts.file)) return [];
  return facts.reexports.flatMap(({ name, target, ...place }) => {
    if (!/^(app|application)$/.test(name) || resolver.isLocal(target)) return [];
    const title = `${target.split('.')[0]} (not a file of this folder)`;
    const app = pythonApp({
      dir,
      facts,
      framework: 'python',
      title,
      interface: 'auto',
      attribute: name,
      place,
    });
    return [{ app, identity: `${facts.file}.${name}`, factory: undefined }];
  });
}

const FACTORY_NAME =
  /^(create|make|build|get|init|new|setup)_(\w+_)?(app|application|api|server)$|^(app|application)_?(factory)?$/;

function factoriesOf(dir: string, all: FileFacts[], resolver: Resolver): Found[] {
  const found = all.flatMap((facts) =>
    facts.functions.flatMap((one) => {
      const made =
        one.required === 0 && !one.isAsync && FACTORY_NAME.test(one.name)
          ? resolver.made(facts, `.${one.name}`)
          : undefined;
      if (made === undefined) return [];
      const { id, title, interface: kind } = made.framework;
      const app = pythonApp({
        dir,
        facts,
        framework: id,
        title,
        interface: kind,
        attribute: one.name,
        factory: true,
        place: one,
      });
      return [
        {
          app,
          identity: `${resolver.moduleOf(facts)}.${one.name}`,
          factory: undefined,
          returns: one.returns,
          facts,
        },
      ];
    }),
  );
  // A factory that only another factory calls is a part of it.
  const called = new Set(
    found.flatMap(({ returns, facts }) => returns.map((name) => resolver.absolute(facts, name))),
  );
  return found.filter(({ identity }) => !called.has(identity));
}
