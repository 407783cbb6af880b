import { join } from 'node:path';

/** What the record files of a folder are called, without age and ending: one record per request; one per line. */
export type RecordFileName = 'invocations' | 'log';

/** `invocations.ndjson` at age 0, which is written; the old ones are `invocations.1.ndjson` (the newest) and so on. */
export function recordFile(folder: string, name: RecordFileName, age = 0): string {
  return join(folder, age === 0 ? `${name}.ndjson` : `${name}.${age}.ndjson`);
}

/** The age that a file's name tells; undefined for any other file. */
export function ageOf(fileName: string, name: RecordFileName): number | undefined {
  if (fileName === `${name}.ndjson`) return 0;
  const age = new RegExp(`^${name}\\.([1-9]\\d{0,5})\\.ndjson$`).exec(fileName)?.[1];
  return age === undefined ? undefined : Number(age);
}
