import { readFileSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { systemCode } from '../../lib/errors.ts';
import { makeHidden, namesIn, tidyFolders } from './folder.ts';
import { dropLockDrafts } from './lock.ts';
import { brokenState, parseRecord, recordText, type StateRecord, type StateStore } from './records.ts';

export { type StateRecord, type StateStore, topRecords } from './records.ts';

export interface StateOptions {
  /** Absolute folder of the project. */
  root: string;
  /** Its name. */
  project: string;
  target: string;
  stage: string;
  /** Absolute folder that several machines share; absent: below `.ropeway` of the project. */
  shared?: string | undefined;
}

/** Every write is whole or not there: temporary file, sync, rename. */
export interface FolderStore extends StateStore {
  folder: string;
}

/** `<root>/.ropeway/state/<target>/<stage>`, or `<shared>/<project>/<target>/<stage>`. Nothing is made before something is written. */
export function openStateStore({ root, project, target, stage, shared }: StateOptions): FolderStore {
  const top =
    shared === undefined ? join(root, '.ropeway', 'state') : join(shared, encodeURIComponent(project));
  const folder = join(top, target, encodeURIComponent(stage));
  const fileOf = (id: string): string =>
    join(folder, `${encodeURIComponent(id).replaceAll('*', '%2A')}.json`);
  return {
    folder,
    read: (id) => readRecord(fileOf(id)),
    write: async (record) => {
      makeHidden(root, folder);
      await writeWhole(fileOf(record.id), recordText(record));
    },
    remove: async (id) => {
      await rm(fileOf(id), { force: true });
    },
    list: () =>
      namesIn(folder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => readRecord(join(folder, name)) ?? []),
    dropDrafts: () => {
      dropLockDrafts(folder);
      for (const name of namesIn(folder)) {
        if (/\.json\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), { force: true });
      }
    },
    tidy: () => tidyFolders(root, [folder, dirname(folder), top]),
  };
}

function readRecord(file: string): StateRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw brokenState(file, error);
  }
  return parseRecord(text, file);
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
