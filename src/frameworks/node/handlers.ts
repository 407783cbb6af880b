import path from 'node:path';

import type { DetectedApp } from '../types.ts';
import { isInside, relativeName, resolveSource } from './resolve.ts';
import { lineEvidence, sourceOf, type Sources } from './trace.ts';

const files = ['index', 'main', 'handler', 'lambda'].flatMap((name) =>
  ['.js', '.mjs', '.cjs'].map((extension) => name + extension),
);
/** The first that a file exports is taken. */
const exportNames = ['main_handler', 'handler'];

/**
 * Functions written for a cloud's event interface, `handler(event, context)`: in the files that
 * clouds expect them in and in `main`, or, with `onlyThere`, in that file alone.
 */
export function bareHandlers(sources: Sources, main: string | undefined, onlyThere = false): DetectedApp[] {
  const places = [...(main === undefined ? [] : [main]), ...(onlyThere ? [] : files)];
  const found = new Set(
    places
      .map((place) => path.resolve(sources.dir, place))
      .map((place) => (files.includes(path.basename(place)) || place.endsWith('js') ? place : undefined))
      .map((place) => (place === undefined ? undefined : resolveSource(place)))
      .filter((file) => file !== undefined),
  );
  return [...found].filter((file) => isInside(sources.dir, file)).flatMap((file) => handlerIn(sources, file));
}

function handlerIn(sources: Sources, file: string): DetectedApp[] {
  const source = sourceOf(sources, file);
  for (const attribute of exportNames) {
    const exported = source.exports.find((one) => one.name === attribute);
    if (exported === undefined) continue;
    return [
      {
        framework: 'handler',
        title: 'bare Node handler',
        entry: {
          runtime: 'node',
          interface: 'handler',
          root: sources.dir,
          file,
          attribute,
          nodeOptions: [],
        },
        selector: relativeName(sources.dir, file),
        evidence: [lineEvidence(sources, file, exported.line)],
      },
    ];
  }
  return [];
}
