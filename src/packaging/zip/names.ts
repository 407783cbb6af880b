import { RopewayError } from '../../lib/errors.ts';

/**
 * Whether a path may be in a package: relative, with forward slashes, no `.` or `..` in it, and nothing that another
 * system would read as something else (backslash, drive letter, NUL).
 */
export function isPackagePath(path: string): boolean {
  if (path === '' || path.includes('\\') || path.includes('\0') || /^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Throws BAD_FILE_NAME. */
export function checkPackagePath(path: string): void {
  // What is no UTF-8 on the disk arrives here with this sign in it, and could not be opened.
  if (isPackagePath(path) && !path.includes('\uFFFD')) return;
  throw new RopewayError({
    code: 'BAD_FILE_NAME',
    message: 'A file cannot be packed under its name.',
    expected: 'a name in UTF-8 without backslash and without a drive letter in front',
    got: JSON.stringify(path),
    fix: 'rename the file, or leave it out with a line in .ropewayignore',
  });
}
