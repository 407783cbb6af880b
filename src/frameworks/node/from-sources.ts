import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { DetectedApp, Evidence } from '../types.ts';
import { expectedOutput, sourceOfOutput } from './build-output.ts';
import { tsNodeOptions, tsxOptions } from './command-line.ts';
import { bareHandlers } from './handlers.ts';
import { listenerApp } from './listener-app.ts';
import { isInside, readPackage, relativeName, resolveSource, type PackageFile } from './resolve.ts';
import {
  importedFiles,
  lineEvidence,
  sourceOf,
  sourcesOf,
  traceEntry,
  type Sources,
  type Trace,
} from './trace.ts';

/** See `nodeAppsFromSources`. */
export function appsFromSources(dir: string): DetectedApp[] {
  const root = path.resolve(dir);
  const sources = sourcesOf(root);
  const manifest = readPackage(root);
  const main = mainCandidates(sources, manifest);
  const levels = [() => carrierOf(sources, manifest, main), ...conventional(sources, manifest)];
  for (const level of levels) {
    const candidates = withoutImported(sources, level());
    if (candidates.length > 0) return candidates.map((candidate) => appOf(root, candidate));
  }
  return bareHandlers(sources, manifest?.main);
}

/** See `nodeAppFromFile`. */
export function appFromFile(dir: string, name: string): DetectedApp | undefined {
  const root = path.resolve(dir);
  const file = resolveSource(path.resolve(root, name));
  if (file === undefined || !isInside(root, file)) return undefined;
  const nodeOptions = optionsFor(file, readPackage(root)) ?? [];
  const sources = sourcesOf(root);
  const trace = traceEntry(sources, file, true);
  const handler =
    trace.listens || trace.exportsApp ? [] : bareHandlers(sources, relativeName(root, file), true);
  const because =
    trace.evidence.length > 0 ? [] : [lineEvidence(sources, file, sourceOf(sources, file).listens ?? 1)];
  return handler[0] ?? listenerApp(root, { file, trace, nodeOptions, because });
}

interface Candidate {
  file: string;
  trace: Trace;
  nodeOptions: string[];
  because: Evidence[];
  build?: string;
}

const names = ['app', 'server', 'index', 'main'];
const scriptExtensions = ['.js', '.mjs', '.cjs'];
const typedExtensions = ['.ts', '.mts', '.cts'];

function conventional(sources: Sources, manifest: PackageFile | undefined): (() => Candidate[])[] {
  return [
    () => existing(sources, [path.join(sources.dir, 'bin', 'www')]),
    () => named(sources, sources.dir, manifest),
    () => named(sources, path.join(sources.dir, 'src'), manifest),
    () => othersThatListen(sources),
    () => unknownThatListen(sources),
  ];
}

/** When `main` only exports its app, a conventional file that imports it and listens is what runs. */
function carrierOf(sources: Sources, manifest: PackageFile | undefined, main: Candidate[]): Candidate[] {
  const file = main[0]?.file;
  if (file === undefined || main[0]?.trace.listens === true) return main;
  for (const level of conventional(sources, manifest)) {
    const carriers = level().filter(
      (one) => one.trace.listens && one.file !== file && importedFiles(sources, one.file).has(file),
    );
    if (carriers.length > 0) return carriers;
  }
  return main;
}

function mainCandidates(sources: Sources, manifest: PackageFile | undefined): Candidate[] {
  if (manifest?.main === undefined || manifest.main === '') return [];
  const because = mainEvidence(manifest);
  const target = path.resolve(sources.dir, manifest.main);
  const file = resolveSource(target);
  if (file !== undefined) {
    const nodeOptions = optionsFor(file, manifest);
    if (nodeOptions === undefined || !isInside(sources.dir, file)) return [];
    return existing(sources, [file], { nodeOptions, because });
  }
  const output = expectedOutput(target);
  const source = sourceOfOutput(sources.dir, output);
  if (source === undefined || manifest.scripts['build'] === undefined) return [];
  return existing(sources, [source], { file: output, because, build: 'npm run build' });
}

function mainEvidence(manifest: PackageFile): Evidence[] {
  const lines = manifest.text.split(/\r\n|\r|\n/);
  const index = lines.findIndex((line) => /"main"\s*:/.test(line));
  return index < 0 ? [] : [{ file: 'package.json', line: index + 1, text: lines[index]?.trim() ?? '' }];
}

function named(sources: Sources, folder: string, manifest: PackageFile | undefined): Candidate[] {
  const present = filesIn(folder);
  return names.flatMap((name) =>
    [...scriptExtensions, ...typedExtensions]
      .map((extension) => name + extension)
      .filter((one) => present.has(one))
      .flatMap((one) => {
        const file = path.join(folder, one);
        const nodeOptions = optionsFor(file, manifest);
        return nodeOptions === undefined ? [] : existing(sources, [file], { nodeOptions });
      }),
  );
}

/** Options with which `node` runs `file`; undefined when the project has nothing that runs TypeScript. */
function optionsFor(file: string, manifest: PackageFile | undefined): string[] | undefined {
  if (!typedExtensions.includes(path.extname(file))) return [];
  if (manifest?.dependencies.has('tsx') === true) return tsxOptions;
  const tsNode =
    manifest?.dependencies.has('ts-node') === true || manifest?.dependencies.has('ts-node-dev') === true;
  return tsNode ? tsNodeOptions : undefined;
}

function othersThatListen(sources: Sources): Candidate[] {
  const files = [...filesIn(sources.dir)]
    .filter((name) => scriptExtensions.includes(path.extname(name)) && !isToolOrTest(name))
    .sort()
    .map((name) => path.join(sources.dir, name));
  return existing(
    sources,
    files.filter((file) => sourceOf(sources, file).listens !== undefined),
  );
}

/** Conventional files that call `listen()` on an app or server that no known framework has made. */
function unknownThatListen(sources: Sources): Candidate[] {
  const present = filesIn(sources.dir);
  const files = names.flatMap((name) => scriptExtensions.map((extension) => name + extension));
  return files
    .filter((name) => present.has(name))
    .flatMap((name) => {
      const file = path.join(sources.dir, name);
      const line = sourceOf(sources, file).listens;
      if (line === undefined) return [];
      const because = [lineEvidence(sources, file, line)];
      if (!/\b(app|server|api)\s*\.\s*listen\b/.test(because[0]!.text)) return [];
      return [{ file, trace: traceEntry(sources, file, true), nodeOptions: [], because }];
    });
}

function isToolOrTest(name: string): boolean {
  return (
    /[.-](test|spec|config|conf|bench|mock|stories)\.[mc]?js$/.test(name) ||
    /^(\.|test[.-]|tests\.|gulpfile|gruntfile|jest\.|karma\.|webpack\.|rollup\.)/i.test(name)
  );
}

/** Those of `files` that hold an app: one that listens, or one that is exported. */
function existing(
  sources: Sources,
  files: string[],
  details: Partial<Omit<Candidate, 'trace'>> = {},
): Candidate[] {
  return files.flatMap((file) => {
    const isFile = filesIn(path.dirname(file)).has(path.basename(file));
    if (!isFile) return [];
    const trace = traceEntry(sources, file, true);
    const holdsApp = trace.framework !== undefined && (trace.listens || trace.exportsApp);
    return holdsApp ? [{ file, trace, nodeOptions: [], because: [], ...details }] : [];
  });
}

/** A file that another candidate imports is a part of that one's app. */
function withoutImported(sources: Sources, candidates: Candidate[]): Candidate[] {
  if (candidates.length < 2) return candidates;
  const imported = new Map(candidates.map(({ file }) => [file, importedFiles(sources, file)]));
  return candidates.filter(
    ({ file }) =>
      !candidates.some(
        (other) =>
          imported.get(other.file)?.has(file) === true && imported.get(file)?.has(other.file) !== true,
      ),
  );
}

function appOf(root: string, candidate: Candidate): DetectedApp {
  const app = listenerApp(root, candidate);
  return candidate.build === undefined ? app : { ...app, build: candidate.build };
}

function filesIn(folder: string): Set<string> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return new Set(entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name));
  } catch {
    return new Set();
  }
}
