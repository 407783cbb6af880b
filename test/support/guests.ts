import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type OpenGuests, openGuests } from '../../src/platform/guests/guests.ts';
import { openJournal } from '../../src/platform/journal.ts';
import { createCapacity } from '../../src/platform/scheduler/capacity.ts';
import type { InvocationRecord } from '../../src/platform/types.ts';

export interface TestGuests extends OpenGuests {
  folder: string;
  records: InvocationRecord[];
  notices: string[];
}

/** The platform as emulators are handed it, in a folder of its own, or in one that is there. Close it; that removes a folder of its own. */
export function testGuests(given?: string): TestGuests {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'ropeway-guests-'));
  const records: InvocationRecord[] = [];
  const notices: string[] = [];
  const onNotice = (message: string): void => void notices.push(message);
  const recordsFolder = join(folder, 'records');
  const journal = openJournal({
    folder: recordsFolder,
    onNotice,
    onOutput: () => undefined,
    onRecord: (record) => void records.push(record),
  });
  const guests = openGuests({
    folder: join(folder, 'packages'),
    host: '127.0.0.1',
    journal,
    recordsFolder,
    capacity: createCapacity(() => 16),
    onNotice,
  });
  return {
    ...guests,
    folder,
    records,
    notices,
    close: async (seconds) => {
      await guests.close(seconds);
      await journal.close();
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
