import path from 'node:path';

import type { RunCommand } from '../run-commands/types.ts';
import type { DetectedApp } from '../types.ts';
import { expectedOutput, sourceOfOutput } from './build-output.ts';
import { nodeCommand } from './command-line.ts';
import { listenerApp } from './listener-app.ts';
import { isInside, readPackage, readRecord, resolveSource, type PackageFile } from './resolve.ts';
import { sourcesOf, traceEntry } from './trace.ts';

/** See `nodeAppFromCommand`. */
export function appFromCommand(dir: string, command: RunCommand): DetectedApp | undefined {
  const root = path.resolve(dir);
  const manifest = readPackage(root);
  const parsed = nodeCommand(command.words, nodemonExec(root, manifest));
  if (parsed === undefined) return undefined;
  const script = path.resolve(root, parsed.script ?? manifest?.main ?? 'index.js');
  const file = resolveSource(script);
  if (file !== undefined) {
    if (!isInside(root, file)) return undefined;
    const trace = traceEntry(sourcesOf(root), file, false);
    return listenerApp(root, { file, trace, nodeOptions: parsed.nodeOptions, because: [command.evidence] });
  }
  return unbuilt(root, script, parsed.nodeOptions, command, manifest);
}

function unbuilt(
  root: string,
  script: string,
  nodeOptions: string[],
  command: RunCommand,
  manifest: PackageFile | undefined,
): DetectedApp | undefined {
  if (manifest?.scripts['build'] === undefined) return undefined;
  const main = script === root ? path.resolve(root, manifest.main ?? 'index.js') : script;
  const file = expectedOutput(main);
  if (!isInside(root, file)) return undefined;
  const source = sourceOfOutput(root, file);
  const trace = source === undefined ? undefined : traceEntry(sourcesOf(root), source, false);
  const app = listenerApp(root, { file, trace, nodeOptions, because: [command.evidence] });
  return { ...app, build: 'npm run build' };
}

function nodemonExec(root: string, manifest: PackageFile | undefined): string | undefined {
  const exec = readRecord(path.join(root, 'nodemon.json'))?.['exec'] ?? manifest?.nodemonExec;
  return typeof exec === 'string' ? exec : undefined;
}
