import type { StoredObject } from './stored.ts';

export interface ListQuery {
  prefix: string;
  /** '': none. */
  delimiter: string;
  /** Keys after this one. */
  marker: string;
  maxKeys: number;
}

export interface ListPage<Item> {
  contents: Item[];
  commonPrefixes: string[];
  /** Absent: there is no more. */
  nextMarker?: string;
}

/** A page of what is sorted by the bytes of its keys, groups as object storage makes them: what is equal up to the first delimiter after the prefix is one. */
export function listPage<Item extends Pick<StoredObject, 'key'>>(
  sorted: readonly Item[],
  { prefix, delimiter, marker, maxKeys }: ListQuery,
): ListPage<Item> {
  const contents: Item[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  for (const item of sorted) {
    const { key } = item;
    if (!key.startsWith(prefix) || !isAfter(key, marker)) continue;
    const group = groupOf(key, prefix, delimiter);
    // The marker may be a group: then all of it has been told.
    if (group !== undefined && (group === commonPrefixes.at(-1) || group === marker)) continue;
    if (contents.length + commonPrefixes.length >= maxKeys) {
      return maxKeys === 0 ? { contents, commonPrefixes } : { contents, commonPrefixes, nextMarker: last };
    }
    if (group === undefined) contents.push(item);
    else commonPrefixes.push(group);
    last = group ?? key;
  }
  return { contents, commonPrefixes };
}

function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** By bytes of UTF-8, which is not the order of UTF-16. */
function isAfter(key: string, marker: string): boolean {
  return marker === '' || Buffer.compare(Buffer.from(key), Buffer.from(marker)) > 0;
}
