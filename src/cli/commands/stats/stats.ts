import { findRecords } from '../../records/folder.ts';
import { closeFiles, openFiles } from '../../../platform/record-files/open-files.ts';
import { readEntries } from '../../../platform/record-files/read-entries.ts';
import { Group } from './group.ts';
import { createGroups } from './groups.ts';
import type { StatsOptions } from './options.ts';
import { statsAsJson, type Summary } from './report.ts';
import { statsTable } from './table.ts';

/** Prints what the records of a folder add up to. */
export async function stats(name: string | undefined, options: StatsOptions): Promise<void> {
  const folder = findRecords(options.state);
  const summary = await sumUp(folder, name, options);
  process.stdout.write(
    options.json ? `${JSON.stringify(statsAsJson(summary, options.by), null, 2)}\n` : statsTable(summary),
  );
}

async function sumUp(folder: string, name: string | undefined, options: StatsOptions): Promise<Summary> {
  const groups = createGroups(options.by);
  const total = new Group();
  let [from, to] = [Infinity, -Infinity];
  const since = options.since === undefined ? {} : { since: options.since };
  const files = await openFiles(folder, 'invocations');
  try {
    for await (const entries of readEntries(files, { name: 'invocations', ...since })) {
      for (const entry of entries) {
        if (entry.kind !== 'request' || (name !== undefined && entry.record.function !== name)) continue;
        groups.add(entry.record);
        total.add(entry.record);
        from = Math.min(from, entry.time);
        to = Math.max(to, entry.time);
      }
    }
  } finally {
    await closeFiles(files);
  }
  return { folder, from, to, groups: groups.list(), total };
}
