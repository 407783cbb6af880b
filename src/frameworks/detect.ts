import { RopewayError } from '../lib/errors.ts';
import { commandApp, servesSomething } from './command/index.ts';
import { readRunCommands } from './run-commands/read.ts';
import type { RunCommand } from './run-commands/types.ts';
import { type DetectedApp, type Detection, type DetectOptions, GIVEN } from './types.ts';

/**
 * Finds the app of a folder; the first step with a match wins: what was asked for, run commands, Django's manage.py,
 * syntax trees, a trial import, a start command to proxy to. Throws APP_SELECTOR when what was asked for is not there.
 */
export async function detectApp(dir: string, options: DetectOptions = {}): Promise<Detection> {
  if (options.start !== undefined) {
    const evidence = { file: GIVEN, line: 1, text: options.start };
    return { kind: 'found', app: commandApp(dir, options.start, evidence) };
  }
  const search = createSearch(dir);
  if (options.app !== undefined) return { kind: 'found', app: await selected(options.app, search) };
  const commands = readRunCommands(dir);
  const steps = [
    () => fromCommands(commands, search),
    async () => (await search.python())?.django() ?? [],
    () => fromSources(search),
    () => fromTrial(search),
    async () => startCommand(dir, commands),
  ];
  for (const step of steps) {
    const apps = await step();
    if (apps.length === 1) return { kind: 'found', app: apps[0]! };
    if (apps.length > 1) return { kind: 'ambiguous', candidates: apps };
  }
  return { kind: 'none', lookedFor: await lookedFor(dir, commands), problems: await search.problems() };
}

interface Search {
  dir: string;
  /** Reads the Python files on first use; undefined when there are none, unless `always`. */
  python(
    always?: boolean,
  ): Promise<Awaited<ReturnType<typeof import('./python/detect.ts').searchPython>> | undefined>;
  node(): Promise<typeof import('./node/detect.ts')>;
  trialProblems: string[];
  problems(): Promise<string[]>;
}

function createSearch(dir: string): Search {
  let python: ReturnType<Search['python']> | undefined;
  const search: Search = {
    dir,
    python: (always = false) => (python ??= startPython(dir, always)),
    node: () => import('./node/detect.ts'),
    trialProblems: [],
    problems: async () => [...((await search.python())?.problems ?? []), ...search.trialProblems],
  };
  return search;
}

async function startPython(dir: string, always: boolean): ReturnType<Search['python']> {
  const { pythonFiles } = await import('./python/files.ts');
  const files = pythonFiles(dir);
  if (files.length === 0 && !always) return undefined;
  const { searchPython } = await import('./python/detect.ts');
  return searchPython(dir, files);
}

async function selected(selector: string, search: Search): Promise<DetectedApp> {
  const isNode = /\.[cm]?[jt]sx?$/.test(selector);
  const isPython = selector.includes(':') && !isNode;
  const python = isNode ? undefined : (await search.python(isPython))?.fromSelector(selector);
  const app = python ?? (await (await search.node()).nodeAppFromFile(search.dir, selector));
  if (app !== undefined) return app;
  const problems = await search.problems();
  throw new RopewayError({
    code: 'APP_SELECTOR',
    message: 'There is no such app in this folder.',
    expected: 'module:attribute or module:factory() (Python), or a file (server.js, app.py)',
    got: selector,
    ...(problems.length === 0 ? {} : { detail: `could not be read:\n${problems.join('\n')}` }),
    fix: 'check the name; without --app Ropeway looks for the app by itself',
  });
}

/** The first run command that starts an app we can load. */
async function fromCommands(commands: RunCommand[], search: Search): Promise<DetectedApp[]> {
  for (const command of commands) {
    const app = (await nodeFromCommand(command, search)) ?? (await pythonFromCommand(command, search));
    if (app !== undefined) return [app];
  }
  return [];
}

const NODE_PROGRAMS =
  /^(node|nodejs|nodemon|tsx|ts-node|ts-node-dev|ts-node-esm|ts-node-transpile-only|tsnd)$/;

async function nodeFromCommand(command: RunCommand, search: Search): Promise<DetectedApp | undefined> {
  if (!NODE_PROGRAMS.test(command.words[0] ?? '')) return undefined;
  return (await search.node()).nodeAppFromCommand(search.dir, command);
}

const PYTHON_PROGRAMS =
  /^(gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve|waitress|uwsgi|flask|fastapi|python)$/;

async function pythonFromCommand(command: RunCommand, search: Search): Promise<DetectedApp | undefined> {
  if (!PYTHON_PROGRAMS.test(command.words[0] ?? '')) return undefined;
  return (await search.python())?.fromCommand(command);
}

async function fromSources(search: Search): Promise<DetectedApp[]> {
  const { nodeAppsFromSources } = await search.node();
  const node = await nodeAppsFromSources(search.dir);
  // A bundler's package.json beside a Python app must not hide the app, nor a script beside a Node app that one.
  const python = await search.python().catch((error: unknown) => {
    if (node.length > 0 && error instanceof RopewayError && error.code === 'PYTHON_NOT_FOUND')
      return undefined;
    throw error;
  });
  return [...(python?.fromSources() ?? []), ...node];
}

async function fromTrial(search: Search): Promise<DetectedApp[]> {
  const trial = await (await search.python())?.fromTrial();
  search.trialProblems = trial?.problems ?? [];
  return trial?.apps ?? [];
}

function startCommand(dir: string, commands: RunCommand[]): DetectedApp[] {
  const command = commands.find(servesSomething);
  return command === undefined ? [] : [commandApp(dir, command.line, command.evidence)];
}

async function lookedFor(dir: string, commands: RunCommand[]): Promise<string[]> {
  const lines = [
    'run commands in Procfile, Dockerfile, package.json (none starts a server that is here)',
    'manage.py with a settings module',
    'a Flask, Django, FastAPI, Starlette, WSGI or ASGI app, a factory (create_app), a main_handler(event, context) in *.py',
    'an Express, Koa, Fastify, Hono or plain http server in package.json main, app, server, index, main (.js, .mjs, .cjs, .ts)',
    'a script that starts a server when it is run',
  ];
  if (commands.length === 0) lines[0] = 'run commands in Procfile, Dockerfile, package.json (there are none)';
  const { workspaceFolders } = await import('./node/detect.ts');
  const folders = await workspaceFolders(dir);
  if (folders.length > 0)
    lines.push(
      `workspaces, each an app folder of its own perhaps: ropeway dev ${folders.join(' | ropeway dev ')}`,
    );
  return lines;
}
