import type { RecordFileName } from './names.ts';
import { type Entry, parseEntry } from './entries.ts';
import type { OpenFile } from './open-files.ts';
import { linesBackward, linesForward } from './read-lines.ts';

export interface ReadOptions {
  name: RecordFileName;
  newestFirst?: boolean;
  /** Leaves out what is older; ms since 1970. */
  since?: number;
  /** Only lines with this text are parsed. */
  containing?: string;
}

/** What the files hold, in the order in which it was written or the other way round, in portions. */
export async function* readEntries(files: OpenFile[], options: ReadOptions): AsyncGenerator<Entry[]> {
  const { name, newestFirst = false, since = -Infinity, containing } = options;
  const wanted = files.filter(({ written }) => written >= since);
  for (const { handle, end } of newestFirst ? wanted.toReversed() : wanted) {
    for await (const lines of newestFirst ? linesBackward(handle, end) : linesForward(handle, end)) {
      const entries = parseAll(
        name,
        containing === undefined ? lines : lines.filter((line) => line.includes(containing)),
      );
      const recent = entries.filter(({ time }) => time >= since);
      if (recent.length > 0) yield recent;
      else if (newestFirst && entries.length > 0) return;
    }
  }
}

/** The entries of several sources by time, or by what else `orderOf` tells. Each source is in order, or nearly so. */
export async function* mergeByTime(
  sources: AsyncGenerator<Entry[]>[],
  newestFirst = false,
  orderOf: (entry: Entry) => number = ({ order }) => order,
): AsyncGenerator<Entry> {
  const heads = await Promise.all(sources.map(async (source) => await nextPortion(source)));
  const sign = newestFirst ? -1 : 1;
  for (;;) {
    const left = heads.filter((head) => head !== undefined);
    if (left.length === 0) return;
    const first = left.reduce((best, head) =>
      sign * (orderOf(head.entries[head.at]!) - orderOf(best.entries[best.at]!)) < 0 ? head : best,
    );
    yield first.entries[first.at]!;
    first.at += 1;
    if (first.at === first.entries.length) heads[heads.indexOf(first)] = await nextPortion(first.source);
  }
}

export function parseAll(name: RecordFileName, lines: string[]): Entry[] {
  return lines.map((line) => parseEntry(name, line)).filter((entry) => entry !== undefined);
}

interface Head {
  source: AsyncGenerator<Entry[]>;
  entries: Entry[];
  at: number;
}

async function nextPortion(source: AsyncGenerator<Entry[]>): Promise<Head | undefined> {
  const { value, done } = await source.next();
  return done === true ? undefined : { source, entries: value, at: 0 };
}
