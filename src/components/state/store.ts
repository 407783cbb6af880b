import { readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { z } from 'zod';

import { errorMessage, RopewayError, systemCode } from '../../lib/errors.ts';
import { makeHidden, namesIn, tidyFolders } from './folder.ts';
import { dropLockDrafts } from './lock.ts';

/** What is known of one component that was deployed, or began to be. */
const recordSchema = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  /** As the file names it. */
  component: z.string(),
  /** `busy`: a deployment or removal began and did not end. */
  status: z.enum(['busy', 'deployed', 'failed']),
  /** As they were given, what may be secret as a digest. */
  inputs: z.record(z.string(), z.unknown()),
  /** With what the digests of secrets are made. */
  salt: z.string(),
  /** The component's own. */
  state: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  dependsOn: z.array(z.string()),
  /** Ids of the components that it has loaded, in that order. */
  loaded: z.array(z.string()),
  changedAt: z.iso.datetime(),
});

export type StateRecord = z.infer<typeof recordSchema>;

/** The state of one project, stage and target. Every write is whole or not there (temporary file, sync, rename). */
export interface StateStore {
  folder: string;
  read(id: string): StateRecord | undefined;
  write(record: StateRecord): Promise<void>;
  remove(id: string): void;
  /** All of them, loaded ones too, by id. */
  list(): StateRecord[];
  /** Takes away what a command that was killed has half written. Only for who has the lock. */
  dropDrafts(): void;
  /** Takes folders away that hold nothing any more. */
  tidy(): void;
}

/** The records of what the file names, without those of the components that these have loaded. */
export function topRecords(store: Pick<StateStore, 'list'>): StateRecord[] {
  return store.list().filter(({ id }) => !id.includes('.'));
}

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

/** `<root>/.ropeway/state/<target>/<stage>`, or `<shared>/<project>/<target>/<stage>`. Nothing is made before something is written. */
export function openStateStore({ root, project, target, stage, shared }: StateOptions): StateStore {
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
      await writeWhole(fileOf(record.id), `${JSON.stringify(record, null, 1)}\n`);
    },
    remove: (id) => rmSync(fileOf(id), { force: true }),
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
    throw broken(file, error);
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw broken(file, error);
  }
}

function broken(file: string, cause: unknown): RopewayError {
  return new RopewayError({
    code: 'STATE_BROKEN',
    message: 'A file of the state cannot be read.',
    expected: 'what this version of Ropeway, or an older one, has written',
    got: `${file}: ${errorMessage(cause).split('\n', 1)[0]}`,
    fix: 'bring it back from a backup, or take it away: the next deployment finds what is its own by its labels',
    cause,
  });
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
