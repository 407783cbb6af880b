import { setTimeout as sleep } from 'node:timers/promises';

import type { Entry } from '../../../platform/record-files/entries.ts';
import { followFile } from '../../records/follow-file.ts';
import { closeFiles, type OpenFile } from '../../../platform/record-files/open-files.ts';
import { parseAll } from '../../../platform/record-files/read-entries.ts';
import type { Print } from './show.ts';

/** Milliseconds between two looks: watching files misses changes on some file systems, and a look costs little. */
const LOOK_MS = 100;

export interface Follow {
  folder: string;
  /** What was read already. */
  invocations: OpenFile[];
  log: OpenFile[];
  join(entry: Entry): Entry[];
  print: Print;
  stopped: AbortSignal;
}

/** Prints what comes until it is stopped. */
export async function followEntries({
  folder,
  invocations,
  log,
  join,
  print,
  stopped,
}: Follow): Promise<void> {
  // Old files that are held open would keep their room on the disk after they were removed.
  await closeFiles([...invocations.slice(0, -1), ...log.slice(0, -1)]);
  const requests = followFile(folder, 'invocations', invocations);
  const lines = followFile(folder, 'log', log);
  try {
    while (!stopped.aborted) {
      // The requests first: what the app printed during them is in the log by then.
      const entries = [
        ...parseAll('invocations', await requests.read()),
        ...parseAll('log', await lines.read()),
      ].sort((a, b) => a.order - b.order);
      for (const entry of entries) for (const shown of join(entry)) await print(shown);
      if (entries.length === 0) await sleep(LOOK_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
  } finally {
    await Promise.all([requests.close(), lines.close()]);
  }
}
