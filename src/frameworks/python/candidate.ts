import { join } from 'node:path';

import type { PythonEntry } from '../../runtimes/entry.ts';
import type { DetectedApp, Evidence } from '../types.ts';
import type { FileFacts, Place } from './facts.ts';
import { modulePlace } from './module-name.ts';

export interface CandidateParts {
  dir: string;
  facts: FileFacts;
  framework: string;
  title: string;
  interface: PythonEntry['interface'];
  /** Dotted attribute of the module. */
  attribute: string;
  factory?: boolean;
  place: Place;
  /** Evidence that comes before the place: a run command. */
  because?: Evidence[];
  env?: Record<string, string>;
  /** Folder to import from, when something else than the file itself decides it. */
  root?: string;
  module?: string;
}

/** A detected Python app out of an object of a file. */
export function pythonApp(parts: CandidateParts): DetectedApp {
  const place = modulePlace(parts.dir, parts.facts);
  const root = parts.root ?? place.root;
  const module = parts.module ?? place.module;
  const factory = parts.factory ?? false;
  const here: Evidence = { file: parts.facts.file, line: parts.place.line, text: parts.place.text };
  return {
    framework: parts.framework,
    title: parts.title,
    selector: `${module}:${parts.attribute}${factory ? '()' : ''}`,
    evidence: [here, ...(parts.because ?? [])],
    entry: {
      runtime: 'python',
      interface: parts.interface,
      root,
      from: { module, attribute: parts.attribute, factory },
      env: parts.env ?? {},
    },
  };
}

/** A detected script: it makes the app and starts the server itself. */
export function scriptApp(
  dir: string,
  facts: FileFacts,
  place: Place,
  title: string,
  framework: string,
  because: Evidence[] = [],
): DetectedApp {
  return {
    framework,
    title,
    selector: facts.file,
    evidence: [{ file: facts.file, line: place.line, text: place.text }, ...because],
    entry: {
      runtime: 'python',
      interface: 'wsgi',
      root: dir,
      from: { script: join(dir, facts.file) },
      env: {},
    },
  };
}
