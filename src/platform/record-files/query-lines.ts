import { closeFiles, openFiles } from './open-files.ts';
import { readEntries } from './read-entries.ts';

export interface LineQuery {
  /** Name of the function. */
  function: string;
  /** Milliseconds since 1970, both included. */
  since: number;
  until: number;
  requestId?: string | undefined;
  /** The latest so many; default 10,000. */
  limit?: number | undefined;
}

export interface FoundLine {
  /** Milliseconds since 1970. */
  time: number;
  instance: string;
  requestId?: string;
  stream: 'stdout' | 'stderr' | 'platform';
  line: string;
}

const LIMIT = 10_000;

/** Lines of the log files of a folder, oldest first. */
export async function queryLines(folder: string, query: LineQuery): Promise<FoundLine[]> {
  const { since, until, requestId, limit = LIMIT } = query;
  const files = await openFiles(folder, 'log');
  const found: FoundLine[] = [];
  try {
    const portions = readEntries(files, {
      name: 'log',
      newestFirst: true,
      since,
      containing: JSON.stringify(query.function),
    });
    for await (const entries of portions) {
      for (const entry of entries) {
        if (entry.kind !== 'line' || entry.time > until || entry.line.function !== query.function) continue;
        const { instance, requestId: of, stream, line } = entry.line;
        if (requestId !== undefined && of !== requestId) continue;
        found.push({
          time: entry.time,
          instance,
          ...(of === undefined ? {} : { requestId: of }),
          stream,
          line,
        });
        if (found.length === limit) return found.toReversed();
      }
    }
    return found.toReversed();
  } finally {
    await closeFiles(files);
  }
}
