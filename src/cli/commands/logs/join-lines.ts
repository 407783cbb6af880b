import type { Entry, LineEntry } from '../../../platform/record-files/entries.ts';
import type { Filter } from './filter.ts';

/** Characters of lines whose request has not been answered yet; beyond it the oldest go. */
const MAX_HELD = 32 * 1024 * 1024;

/** Answered requests that are remembered: a line of theirs may come a moment later. */
const MAX_DECIDED = 10_000;

/**
 * Filters entries as they come, the oldest first. Where lines are shown with their request only, they are held until
 * it is answered, and come before it.
 */
export function joinLines(filter: Filter, maxHeld: number = MAX_HELD): (entry: Entry) => Entry[] {
  if (!filter.linesWithRequest)
    return (entry) => {
      const wanted = entry.kind === 'request' ? filter.request(entry.record) : filter.line(entry.line);
      return wanted ? [entry] : [];
    };

  const held = new Map<string, LineEntry[]>();
  const decided = new Map<string, boolean>();
  let heldLength = 0;

  const release = (requestId: string): LineEntry[] => {
    const lines = held.get(requestId) ?? [];
    held.delete(requestId);
    for (const { line } of lines) heldLength -= line.line.length;
    return lines;
  };

  const hold = (entry: LineEntry, requestId: string): void => {
    heldLength += entry.line.line.length;
    const lines = held.get(requestId);
    if (lines === undefined) held.set(requestId, [entry]);
    else lines.push(entry);
    while (heldLength > maxHeld) release(held.keys().next().value!);
  };

  const decide = (requestId: string, isWanted: boolean): void => {
    decided.set(requestId, isWanted);
    if (decided.size > MAX_DECIDED) decided.delete(decided.keys().next().value!);
  };

  return (entry) => {
    if (entry.kind === 'request') {
      const isWanted = filter.request(entry.record);
      decide(entry.record.requestId, isWanted);
      const lines = release(entry.record.requestId);
      return isWanted ? [...lines, entry] : [];
    }
    const { requestId } = entry.line;
    if (requestId === undefined || !filter.line(entry.line)) return [];
    const isWanted = decided.get(requestId);
    if (isWanted === undefined) hold(entry, requestId);
    return isWanted === true ? [entry] : [];
  };
}
