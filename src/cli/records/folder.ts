import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { recordsFolder, serveStateFolder } from '../../lib/state-folder.ts';
import { recordFile } from '../../platform/record-files/names.ts';

/**
 * The folder with the records. `state`: that folder, or its `records`; without it `.ropeway/dev` of the current
 * folder, else the records of `ropeway serve`. With `mayBeEmpty` a folder does in which nothing has been written yet.
 * Fails with NO_RECORDS.
 */
export function findRecords(state: string | undefined, mayBeEmpty = false): string {
  const folders =
    state === undefined
      ? [resolve('.ropeway', 'dev'), recordsFolder(serveStateFolder())]
      : [resolve(state), recordsFolder(resolve(state))];
  const found =
    folders.find(
      (folder) => isThere(recordFile(folder, 'invocations')) || isThere(recordFile(folder, 'log')),
    ) ??
    // Of a state folder and its `records`, the inner one will get them.
    (mayBeEmpty ? (state === undefined ? folders : folders.toReversed()).find(isThere) : undefined);
  if (found !== undefined) return found;
  throw new RopewayError({
    code: 'NO_RECORDS',
    message: 'There are no records of requests here.',
    expected: 'invocations.ndjson or log.ndjson in one of these folders',
    got: folders.map((folder) => `${folder} (${isThere(folder) ? 'holds neither' : 'not there'})`).join(', '),
    fix:
      state === undefined
        ? "run `ropeway dev` in the app's folder or `ropeway serve`, or name the folder with --state"
        : 'name the state folder of a `ropeway dev` (<app>/.ropeway/dev) or a `ropeway serve`',
  });
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
