import { badEntry } from './errors.ts';

/** What a zip says about one of its entries. */
export interface ZipEntry {
  name: string;
  /** Unix mode with its type, 0 where the zip has none. */
  mode: number;
}

export interface PlannedEntry {
  /** Segments below the package's root. */
  segments: string[];
  kind: 'file' | 'folder' | 'link';
  /** Any of the execute bits. */
  executable: boolean;
}

/** Bytes of a whole path and of one segment: less than any system's own limits, the state folder's path in front. */
const MOST_PATH = 1024;
const MOST_SEGMENT = 255;

const TYPE_MASK = 0o170_000;
const TYPES: Record<number, PlannedEntry['kind']> = {
  0o100_000: 'file',
  0o040_000: 'folder',
  0o120_000: 'link',
};

/** Where an entry goes. Throws PACKAGE_ENTRY for a name that leads elsewhere, and for devices, pipes and sockets. */
export function planEntry({ name, mode }: ZipEntry): PlannedEntry {
  const endsAsFolder = name.endsWith('/');
  const type = mode & TYPE_MASK;
  const kind = type === 0 ? (endsAsFolder ? 'folder' : 'file') : TYPES[type];
  if (kind === undefined) throw badEntry(name, 'an entry is neither file nor folder nor link');
  if (endsAsFolder && kind !== 'folder') throw badEntry(name, 'a file has the name of a folder');
  return {
    segments: segmentsOf(name, endsAsFolder ? name.slice(0, -1) : name),
    kind,
    executable: (mode & 0o111) !== 0,
  };
}

/**
 * Refuses two entries of one name, and what is below a file or a link: whatever is written goes where its name says.
 * Throws PACKAGE_ENTRY. A folder may be named again.
 */
export function refuseClashes(entries: readonly PlannedEntry[]): void {
  const kinds = new Map<string, PlannedEntry['kind']>();
  for (const { segments, kind } of entries) {
    const path = segments.join('/');
    const other = kinds.get(path);
    if (other !== undefined && (other !== 'folder' || kind !== 'folder')) {
      throw badEntry(path, 'two entries have the same name');
    }
    kinds.set(path, kind);
  }
  for (const { segments } of entries) {
    for (let length = 1; length < segments.length; length++) {
      const parent = segments.slice(0, length).join('/');
      if ((kinds.get(parent) ?? 'folder') !== 'folder') {
        throw badEntry(segments.join('/'), `${parent} is not a folder`);
      }
    }
  }
}

/**
 * Checks where a link leads: up (`..`) only at its beginning and not above the root, then down. Whatever links lie on its
 * way lead inside themselves, and none can be left by its `..`. Throws PACKAGE_ENTRY.
 */
export function checkLink(segments: readonly string[], target: string): void {
  const name = segments.join('/');
  const parts = target.replace(/\/$/, '').split('/');
  const down = parts.findIndex((part) => part !== '..');
  const ups = down === -1 ? parts.length : down;
  const rest = parts.slice(ups);
  const isPath = !/[\\\0]/.test(target) && !/^[A-Za-z]:/.test(target) && !target.startsWith('/');
  if (isPath && ups < segments.length && rest.every((part) => part !== '' && part !== '..')) return;
  throw badEntry(name, `a link leads out of the package (${JSON.stringify(target)})`);
}

function segmentsOf(name: string, path: string): string[] {
  if (path.includes('\0')) throw badEntry(name, 'a name has a NUL in it');
  if (path.includes('\\')) throw badEntry(name, 'a name has a backslash in it');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw badEntry(name, 'a name is an absolute path');
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw badEntry(name, 'a name has an empty segment, . or .. in it');
  }
  const isLong = Buffer.byteLength(path) > MOST_PATH;
  if (isLong || segments.some((segment) => Buffer.byteLength(segment) > MOST_SEGMENT)) {
    throw badEntry(`${name.slice(0, 80)}…`, 'a name is too long');
  }
  return segments;
}
