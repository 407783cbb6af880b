import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Files that make `ropeway` without a verb deploy. */
const PROJECT_FILES = [
  'serverless.yml',
  'serverless.yaml',
  'serverless.json',
  'serverless.js',
  'ropeway.yml',
  'ropeway.yaml',
];

/**
 * The arguments with the verb that they leave out: in the folder of a project none means `deploy`, and `<verb> <alias>` with a
 * verb that is not ours is one of the component's own.
 */
export function withVerb(args: string[], verbs: readonly string[], folder = '.'): string[] {
  const [first, second] = args;
  const isProject = PROJECT_FILES.some((name) => existsSync(join(folder, name)));
  if (!isProject || first === '--help' || first === '-h' || first === 'help') return args;
  if (first === undefined || first.startsWith('-')) return ['deploy', ...args];
  const isOther = !verbs.includes(first) && /^[A-Za-z]\w*$/.test(first);
  return isOther && second !== undefined && !second.startsWith('-') ? ['call', ...args] : args;
}
