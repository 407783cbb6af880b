import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';

import type { PythonEntry } from '../../runtimes/entry.ts';
import type { RunCommand } from '../run-commands/types.ts';
import { type DetectedApp, GIVEN } from '../types.ts';
import { pythonApp, scriptApp } from './candidate.ts';
import { djangoProject } from './django.ts';
import type { FileFacts, Place, Scan } from './facts.ts';
import { functionApps, objectsOf } from './from-sources.ts';
import { moduleFile } from './module-name.ts';
import { createResolver } from './resolve.ts';
import { parseServerCommand, type ServerCommand } from './server-command.ts';

/** The app that a run command starts; undefined when it starts no Python app that is found here. */
export function pythonAppFromCommand(dir: string, scan: Scan, command: RunCommand): DetectedApp | undefined {
  const parsed = parseServerCommand(command.words, command.env);
  if (parsed === undefined) return undefined;
  if (parsed.kind === 'script') return fromScript(dir, scan, parsed.file, command);
  for (const module of parsed.module === undefined ? ['wsgi', 'app', 'main', 'api'] : [parsed.module]) {
    const app = fromModule(dir, scan, { ...parsed, module }, command);
    if (app !== undefined) return app;
  }
  return undefined;
}

/** The app that a selector (`pkg.module:app`, `pkg.module:create_app()`, `pkg/module.py`) names. */
export function pythonAppFromSelector(dir: string, scan: Scan, selector: string): DetectedApp | undefined {
  const evidence = { file: GIVEN, line: 1, text: selector };
  if (selector.endsWith('.py'))
    return fromScript(dir, scan, selector, { evidence, line: selector, words: [], env: {} });
  const [module = '', attribute] = selector.replace(/\(.*\)$/, '').split(':');
  const factory = selector.endsWith(')');
  return fromModule(
    dir,
    scan,
    { kind: 'server', module, attribute, factory },
    { evidence, line: selector, words: [], env: {} },
  );
}

function fromModule(
  dir: string,
  scan: Scan,
  server: ServerCommand & { kind: 'server'; module: string },
  command: RunCommand,
): DetectedApp | undefined {
  const folder = server.folder === undefined ? '' : `${normalize(server.folder).replace(/\/$/, '')}/`;
  for (const prefix of folder === '' ? ['', 'src/'] : [folder]) {
    const file = moduleFile(join(dir, prefix), server.module);
    const facts = file === undefined ? undefined : scan.files.get(prefix + file);
    if (facts !== undefined) {
      const app = fromFile(dir, scan, facts, server, command, join(dir, prefix));
      if (app !== undefined) return app;
    }
  }
  return installedApp(dir, server, command);
}

/** An app of an installed package: nothing of that name is in the folder. */
function installedApp(
  dir: string,
  server: ServerCommand & { kind: 'server'; module: string },
  command: RunCommand,
): DetectedApp | undefined {
  const { module, attribute, factory = false } = server;
  const top = module.split('.')[0]!;
  const isLocal = ['', 'src/'].some(
    (folder) => existsSync(join(dir, folder, top)) || existsSync(join(dir, folder, `${top}.py`)),
  );
  if (isLocal || attribute === undefined) return undefined;
  return {
    framework: 'python',
    title: `${top} (not a file of this folder)`,
    selector: `${module}:${attribute}${factory ? '()' : ''}`,
    evidence: [command.evidence],
    entry: {
      runtime: 'python',
      interface: server.interface ?? 'auto',
      root: dir,
      from: { module, attribute, factory },
      env: server.env ?? {},
    },
  };
}

const ATTRIBUTES = ['app', 'application', 'create_app', 'make_app'];

function fromFile(
  dir: string,
  scan: Scan,
  facts: FileFacts,
  server: ServerCommand & { kind: 'server'; module: string },
  command: RunCommand,
  root: string,
): DetectedApp | undefined {
  const resolver = createResolver(dir, scan);
  for (const attribute of server.attribute === undefined ? ATTRIBUTES : [server.attribute]) {
    const name = attribute.split('.')[0]!;
    const place = placeOf(facts, name);
    if (place === undefined) continue;
    const known = describe(name);
    const isFactory =
      server.factory === true ||
      (server.attribute === undefined && facts.functions.some((one) => one.name === name));
    return pythonApp({
      dir,
      facts,
      framework: known?.framework ?? server.interface ?? 'python',
      title:
        known?.title ??
        (server.interface === undefined ? 'Python app' : `${server.interface.toUpperCase()} app`),
      interface: server.interface ?? known?.interface ?? 'auto',
      attribute,
      factory: isFactory,
      place,
      because: command.evidence.file === GIVEN ? [] : [command.evidence],
      root,
      module: server.module,
      env: server.env ?? {},
    });
  }
  return undefined;

  function describe(
    name: string,
  ): { framework: string; title: string; interface: PythonEntry['interface'] } | undefined {
    const found = [...objectsOf(dir, facts, resolver), ...functionApps(dir, facts)].find(
      ({ app }) => app.selector.replace('()', '').split(':')[1]?.split('.')[0] === name,
    );
    if (found?.app.entry.runtime === 'python') {
      return { framework: found.app.framework, title: found.app.title, interface: found.app.entry.interface };
    }
    const imported = facts.reexports.find((one) => one.name === name)?.target;
    const source = imported === undefined ? undefined : originOf(imported);
    const made = resolver.made(facts, `.${name}`) ?? source;
    return (
      made && {
        framework: made.framework.id,
        title: made.framework.title,
        interface: made.framework.interface,
      }
    );
  }

  function originOf(target: string): ReturnType<typeof resolver.made> {
    for (const other of scan.files.values()) {
      const prefix = `${resolver.moduleOf(other)}.`;
      if (!target.startsWith(prefix)) continue;
      const assign = other.assigns.findLast((one) => one.name === target.slice(prefix.length));
      const made = resolver.made(other, assign?.callee ?? null);
      if (made !== undefined) return made;
    }
    return undefined;
  }
}

function placeOf(facts: FileFacts, name: string): Place | undefined {
  return (
    facts.assigns.find((one) => one.name === name) ??
    facts.functions.find((one) => one.name === name) ??
    facts.reexports.find((one) => one.name === name)
  );
}

function fromScript(dir: string, scan: Scan, name: string, command: RunCommand): DetectedApp | undefined {
  const file = normalize(name).replaceAll('\\', '/');
  const facts = scan.files.get(file);
  if (facts === undefined) return undefined;
  const because = command.evidence.file === GIVEN ? [] : [command.evidence];
  if (facts.settings !== null && file.endsWith('manage.py')) {
    const app = djangoProject(dir, scan, facts);
    return { ...app, evidence: [...app.evidence, ...because] };
  }
  const objects = [...objectsOf(dir, facts, createResolver(dir, scan)), ...functionApps(dir, facts)];
  if (objects.length === 1) {
    const { app } = objects[0]!;
    return { ...app, evidence: [...app.evidence, ...because] };
  }
  const run = facts.runs.at(-1);
  return run === undefined ? undefined : scriptApp(dir, facts, run, 'Python script', 'wsgi', because);
}
