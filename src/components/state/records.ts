import { z } from 'zod';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

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

/** The state of one project, stage and target. Every write is whole or not there. */
export interface StateStore {
  read(id: string): StateRecord | undefined;
  write(record: StateRecord): Promise<void>;
  remove(id: string): Promise<void>;
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

/** Throws STATE_BROKEN. `place`: where it was, for people. */
export function parseRecord(text: string, place: string): StateRecord {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw brokenState(place, error);
  }
}

export function recordText(record: StateRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

export function brokenState(place: string, cause: unknown): RopewayError {
  return new RopewayError({
    code: 'STATE_BROKEN',
    message: 'A file of the state cannot be read.',
    expected: 'what this version of Ropeway, or an older one, has written',
    got: `${place}: ${errorMessage(cause).split('\n', 1)[0]}`,
    fix: 'bring it back from a backup, or take it away: the next deployment finds what is its own by its labels',
    cause,
  });
}
