import { statSync } from 'node:fs';
import path from 'node:path';

import type { Evidence } from '../types.ts';
import type { NodeFramework } from './framework.ts';
import { isPlainServer } from './list.ts';
import { isInside, readText, relativeName, resolveSource } from './resolve.ts';
import { readSource, type SourceFacts } from './source-facts.ts';

const maxDepth = 4;
const maxFiles = 60;
/** Bundles larger than this take too long to read for what they tell. */
const maxBytes = 1024 * 1024;

/** The sources of one app folder, each read once. */
export interface Sources {
  dir: string;
  read: Map<string, Source>;
}

interface Source extends SourceFacts {
  lines: string[];
}

/** What an entry file and the files it imports show. */
export interface Trace {
  /** The app that is made: a framework's before a plain server. */
  framework: NodeFramework | undefined;
  /** Where it is made, then, when that is another file, the entry's line that listens or imports it. */
  evidence: Evidence[];
  /** Whether any of the files starts a server. */
  listens: boolean;
  /** Whether the entry exports an app, itself or passed on. */
  exportsApp: boolean;
}

export function sourcesOf(dir: string): Sources {
  return { dir, read: new Map() };
}

/**
 * Follows the imports of `entry`, the nearest files first, until a framework's app is found (and a
 * server is started, if `untilListen`).
 */
export function traceEntry(sources: Sources, entry: string, untilListen: boolean): Trace {
  let made: Made | undefined;
  let listens = false;
  for (const step of steps(sources, entry)) {
    const source = sourceOf(sources, step.file);
    const creation =
      source.creations.find(({ framework }) => !isPlainServer(framework)) ?? source.creations[0];
    if (creation !== undefined && (made === undefined || outranks(creation.framework, made.framework))) {
      made = { ...creation, file: step.file, importLine: step.importLine };
    }
    listens ||= source.listens !== undefined;
    const enough = made !== undefined && !isPlainServer(made.framework);
    if (enough && (listens || !untilListen)) break;
  }
  return {
    framework: made?.framework,
    evidence: made === undefined ? [] : evidenceOf(sources, entry, made),
    listens,
    exportsApp: exportsApp(sources, entry, new Set()),
  };
}

/** All files that `entry` imports, directly or not. */
export function importedFiles(sources: Sources, entry: string): Set<string> {
  const files = new Set([...steps(sources, entry)].map((step) => step.file));
  files.delete(entry);
  return files;
}

/** The facts and lines of a file; empty ones when it cannot be read. */
export function sourceOf(sources: Sources, file: string): Source {
  const known = sources.read.get(file);
  if (known !== undefined) return known;
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const text = size > maxBytes ? '' : (readText(file) ?? '');
  const source = { ...readSource(text), lines: text.split(/\r\n|\r|\n/) };
  sources.read.set(file, source);
  return source;
}

/** A line of a file as evidence. */
export function lineEvidence(sources: Sources, file: string, line: number): Evidence {
  const text = sourceOf(sources, file).lines[line - 1]?.trim() ?? '';
  return { file: relativeName(sources.dir, file), line, text };
}

interface Made {
  framework: NodeFramework;
  line: number;
  file: string;
  importLine: number | undefined;
}

interface Step {
  file: string;
  depth: number;
  /** The entry's line by which this file was reached. */
  importLine: number | undefined;
}

function* steps(sources: Sources, entry: string): Generator<Step> {
  const queue: Step[] = [{ file: entry, depth: 0, importLine: undefined }];
  const seen = new Set([entry]);
  for (const step of queue) {
    yield step;
    if (step.depth === maxDepth) continue;
    for (const { specifier, line } of sourceOf(sources, step.file).localImports) {
      const file = resolveSource(path.resolve(path.dirname(step.file), specifier));
      if (file === undefined || seen.has(file) || seen.size >= maxFiles) continue;
      if (!isInside(sources.dir, file)) continue;
      seen.add(file);
      queue.push({ file, depth: step.depth + 1, importLine: step.importLine ?? line });
    }
  }
}

function outranks(framework: NodeFramework, other: NodeFramework): boolean {
  return isPlainServer(other) && !isPlainServer(framework);
}

function evidenceOf(sources: Sources, entry: string, made: Made): Evidence[] {
  const evidence = [lineEvidence(sources, made.file, made.line)];
  const reached = sourceOf(sources, entry).listens ?? made.importLine;
  if (made.file !== entry && reached !== undefined) {
    evidence.push(lineEvidence(sources, entry, reached));
  }
  return evidence;
}

function exportsApp(sources: Sources, file: string, seen: Set<string>): boolean {
  if (seen.has(file) || seen.size >= maxDepth) return false;
  seen.add(file);
  const source = sourceOf(sources, file);
  if (source.exportsApp) return true;
  return source.passesOn.some((specifier) => {
    const target = resolveSource(path.resolve(path.dirname(file), specifier));
    return target !== undefined && exportsApp(sources, target, seen);
  });
}
