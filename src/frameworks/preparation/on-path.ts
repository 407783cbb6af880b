import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program is in one of the folders of PATH. */
export function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some(
    (folder) =>
      folder !== '' && (existsSync(join(folder, program)) || existsSync(join(folder, `${program}.cmd`))),
  );
}
