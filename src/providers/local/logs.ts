import { setTimeout as sleep } from 'node:timers/promises';

import type { LogLine, LogQuery } from '../types.ts';
import type { ControlClient } from './control-client.ts';

interface Told {
  /** Milliseconds since 1970. */
  time: number;
  instance: string;
  requestId?: string;
  line: string;
}

/** Milliseconds between two looks. */
const LOOK_MS = 300;
/** Milliseconds by which lines of several instances may be written down out of order. */
const LATE_MS = 1000;

/** What a function of the local platform printed. `path`: of the function in the control API. */
export async function* readLogs(
  client: ControlClient,
  path: string,
  { since, filter, requestId, follow, signal }: LogQuery,
): AsyncGenerator<LogLine> {
  /** Of the last second: those that were told already. */
  let seen = new Set<string>();
  let from = since;
  while (!signal.aborted) {
    const query = { since: from, ...(requestId === undefined ? {} : { requestId }) };
    const { lines } = await client.call<{ lines: Told[] }>('POST', `${path}/logs`, query);
    const counts = new Map<string, number>();
    const now = new Set<string>();
    for (const line of lines) {
      const key = JSON.stringify(line);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      // The same line may have been printed twice in a millisecond.
      now.add(`${count} ${key}`);
      if (seen.has(`${count} ${key}`) || (filter !== undefined && !line.line.includes(filter))) continue;
      yield {
        time: new Date(line.time).toISOString(),
        instance: line.instance,
        ...(line.requestId === undefined ? {} : { requestId: line.requestId }),
        line: line.line,
      };
    }
    if (!follow) return;
    seen = now;
    from = Math.max(from, (lines.at(-1)?.time ?? from) - LATE_MS);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
