import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { z } from 'zod';

import type { CloudStart } from './function-files/types.ts';
import type { Entry } from '../runtimes/entry.ts';
import type { Package, PackedZip } from './types.ts';

// A finished package is noted beside its zips, last of all: what has a note is whole.

const zip = z.object({
  name: z.string(),
  digest: z.string(),
  bytes: z.int(),
  unpackedBytes: z.int(),
});
const note = z.object({
  source: z.string(),
  code: zip,
  layer: zip.optional(),
  cloud: z.custom<CloudStart>((value) => typeof value === 'object' && value !== null).optional(),
  entry: z.custom<Entry>((value) => typeof value === 'object' && value !== null && 'runtime' in value),
});

/** The package of a source digest in a folder, if it is there with its zips. */
export function readFinished(folder: string, source: string): Package | undefined {
  try {
    const { code, layer, entry, cloud } = note.parse(
      JSON.parse(readFileSync(noteFile(folder, source), 'utf8')),
    );
    const found = [code, ...(layer === undefined ? [] : [layer])].map(({ name, ...rest }) => ({
      ...rest,
      file: join(folder, basename(name)),
    }));
    if (found.some(({ file, bytes }) => statSync(file).size !== bytes)) return undefined;
    return {
      code: found[0]!,
      ...(found[1] === undefined ? {} : { layer: found[1] }),
      entry,
      ...(cloud === undefined ? {} : { cloud }),
      source,
    };
  } catch {
    // Not there, or of no use: it is made anew.
    return undefined;
  }
}

export function writeFinished(folder: string, { code, layer, entry, cloud, source }: Package): void {
  const file = noteFile(folder, source);
  const named = ({ file, digest, bytes, unpackedBytes }: PackedZip): z.infer<typeof zip> => ({
    name: basename(file),
    digest,
    bytes,
    unpackedBytes,
  });
  const content = {
    source,
    code: named(code),
    ...(layer === undefined ? {} : { layer: named(layer) }),
    entry,
    ...(cloud === undefined ? {} : { cloud }),
  };
  const temporary = `${file}.${randomUUID()}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, file);
}

function noteFile(folder: string, source: string): string {
  return join(folder, `${source}.json`);
}
