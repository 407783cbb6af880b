import { readFileSync } from 'node:fs';

import type { PackFile } from '../files/pack-file.ts';

/** The list that a package has of its files (PEP 376): only of those that are packed, and in order. */
export function withRecords(files: PackFile[]): PackFile[] {
  const paths = new Set(files.map(({ path }) => path));
  return files.map((packed) => {
    if (!/^[^/]+\.dist-info\/RECORD$/.test(packed.path)) return packed;
    const text =
      typeof packed.source === 'string' ? readFileSync(packed.source, 'utf8') : String(packed.source);
    const bytes = Buffer.from(keptRows(text, paths));
    return { ...packed, source: bytes, size: bytes.length };
  });
}

/** Rows of files that there are. */
export function keptRows(record: string, paths: ReadonlySet<string>): string {
  const rows = record.split(/\r?\n/).filter((row) => {
    const path = pathOf(row);
    return path !== undefined && paths.has(path);
  });
  return rows.length === 0 ? '' : `${rows.toSorted().join('\n')}\n`;
}

/** `"a,b.py",sha256=…,12` → `a,b.py` */
function pathOf(row: string): string | undefined {
  const quoted = /^"((?:[^"]|"")*)"/.exec(row)?.[1];
  const path = quoted === undefined ? row.split(',', 1)[0] : quoted.replaceAll('""', '"');
  return path === '' ? undefined : path;
}
