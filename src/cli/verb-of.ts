import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const COMPONENT_FILES = ['serverless.yml', 'serverless.yaml', 'serverless.json', 'serverless.js'];
/** These may say no more than how one app runs. */
const OWN_FILES = ['ropeway.yml', 'ropeway.yaml'];

/**
 * The arguments with the verb that they leave out: in a folder with a file of components none means `deploy`, and `<verb> <alias>`
 * with a verb that is not ours is one of the component's own.
 */
export function withVerb(args: string[], verbs: readonly string[], folder = '.'): string[] {
  const [first, second] = args;
  if (first === '--help' || first === '-h' || !hasComponents(folder)) return args;
  if (first === undefined || first.startsWith('-')) return ['deploy', ...args];
  const isOther = !verbs.includes(first) && /^[A-Za-z]\w*$/.test(first);
  return isOther && second !== undefined && !second.startsWith('-') ? ['call', ...args] : args;
}

/** Whether a folder has a file of components. */
export function hasComponents(folder: string): boolean {
  if (COMPONENT_FILES.some((name) => existsSync(join(folder, name)))) return true;
  return OWN_FILES.some((name) => {
    const file = join(folder, name);
    return existsSync(file) && /(^|[\s{,"'])component["']?\s*:/.test(readFileSync(file, 'utf8'));
  });
}
