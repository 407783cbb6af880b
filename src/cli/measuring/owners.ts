import { spawn } from 'node:child_process';
import { join, relative, sep } from 'node:path';

import type { LoadedModule } from '../../insight/imports/records.ts';
import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';

/** Whose a file is: `app`, the name of a package, `(standard library)`; undefined: ours, which the app has not asked for. */
export type OwnerOf = (file: string, name?: string) => string | undefined;

export const STANDARD = '(standard library)';
export const APP = 'app';

const PYTHON_RUNTIME = join(packageRoot, 'src/runtimes/python') + sep;
const PYTHON_TRACER = join(packageRoot, 'src/insight/imports/python') + sep;
const OUR_CODE = join(packageRoot, 'dist') + sep;

/**
 * Tells by the installed distributions of the app's interpreter whose these modules and files are; of others it tells what their path
 * does.
 */
export async function pythonOwners(
  dir: string,
  interpreter: string,
  modules: Pick<LoadedModule, 'key' | 'file'>[],
  files: Iterable<string>,
): Promise<OwnerOf> {
  const list = [...new Set([...modules.map(({ file }) => file), ...files])];
  const found = await askPython(interpreter, list);
  const owners = new Map(list.map((file, index) => [file, found[index]]));
  const topOwners = new Map(modules.map(({ key, file }) => [key, owners.get(file) ?? undefined]));
  return (file, name = '') => {
    if (file.startsWith(PYTHON_RUNTIME) || file.startsWith(PYTHON_TRACER)) return undefined;
    if (file === 'built-in' || file === 'frozen' || file.startsWith('<frozen')) return STANDARD;
    // What has no file of its own, such as the alias of a vendored module, belongs where its first package does.
    const known = owners.get(file) ?? topOwners.get(name.split('.')[0]!);
    if (known !== undefined && known !== null) return known === '' ? STANDARD : known;
    return file === '' || file.startsWith(dir + sep) ? APP : (name.split('.')[0] ?? APP);
  };
}

/** Tells by `node_modules` in a path whose file it is. */
export function nodeOwners(): OwnerOf {
  return (file) => {
    if (file.startsWith('node:')) return STANDARD;
    if (file.startsWith(OUR_CODE)) return undefined;
    return packageOf(file) ?? APP;
  };
}

/** For people: the module's own name, or a file's path within its package or the app. */
export function nameOf(dir: string, { key, file }: Pick<LoadedModule, 'key' | 'file'>): string {
  if (key !== file || key.startsWith('node:')) return key;
  const at = key.lastIndexOf(`${sep}node_modules${sep}`);
  return (at === -1 ? relative(dir, key) : key.slice(at + 14)).split(sep).join('/');
}

function packageOf(file: string): string | undefined {
  const [first, second] = file.split(`${sep}node_modules${sep}`).slice(1).at(-1)?.split(sep) ?? [];
  return first?.startsWith('@') === true ? `${first}/${second}` : first;
}

function askPython(interpreter: string, files: string[]): Promise<(string | null)[]> {
  return new Promise((resolve, reject) => {
    const script = join(packageRoot, 'src/insight/imports/python/owners.py');
    const child = spawn(interpreter, ['-I', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    const fail = (detail: string): void =>
      reject(
        new RopewayError({
          code: 'OWNERS_FAILED',
          fault: 'system',
          message: `${interpreter} could not tell which packages the modules belong to.`,
          detail: detail.trim(),
          expected: 'Python 3.8 or newer',
        }),
      );
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', (error) => fail(errorMessage(error)));
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(stdout) as (string | null)[]);
      else fail(stderr);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(files));
  });
}
