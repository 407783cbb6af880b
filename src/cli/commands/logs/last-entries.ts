import type { Entry } from '../../../platform/record-files/entries.ts';
import type { Filter } from './filter.ts';

/**
 * Milliseconds after its answer in which a request may have lines: more than the platform grants them, since the
 * clock and the log are not that exact.
 */
const LATE_MS = 300;

/**
 * The order in which `lastEntries` wants them, the newest first. Where lines are shown with their request only, a
 * request comes before all of them, also those after its answer.
 */
export function backwardOrder(filter: Filter): (entry: Entry) => number {
  return ({ kind, order }) => (filter.linesWithRequest && kind === 'request' ? order + LATE_MS : order);
}

/** The last `count` of those entries that pass the filter; the oldest first. */
export async function lastEntries(
  entries: AsyncGenerator<Entry>,
  filter: Filter,
  count: number,
): Promise<Entry[]> {
  const found: Entry[] = [];
  if (count === 0) return found;
  /** Requests whose lines are still to come. */
  const open = new Set<string>();
  const orderOf = backwardOrder(filter);
  let enough = -Infinity;
  for await (const entry of entries) {
    // What comes before a request that came early may still be newer.
    if (orderOf(entry) < enough) break;
    if (isWanted(entry, filter, open)) found.push(entry);
    if (found.length === count) enough = orderOf(entry) - (filter.linesWithRequest ? LATE_MS : 0);
  }
  return found
    .toReversed()
    .sort((a, b) => a.order - b.order)
    .slice(-count);
}

function isWanted(entry: Entry, filter: Filter, open: Set<string>): boolean {
  if (entry.kind === 'request') {
    const wanted = filter.request(entry.record);
    if (wanted && filter.linesWithRequest) open.add(entry.record.requestId);
    return wanted;
  }
  const { requestId = '', stream, line } = entry.line;
  const wanted = filter.line(entry.line) && (!filter.linesWithRequest || open.has(requestId));
  // Nothing of it is older.
  if (stream === 'platform' && line.startsWith('START ')) open.delete(requestId);
  return wanted;
}
