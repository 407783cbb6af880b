import { readRequirements } from '../../frameworks/preparation/requirements.ts';
import { appPython } from '../../frameworks/python/interpreter.ts';
import type { PythonRequirements } from '../../packaging/types.ts';
import type { Entry } from '../../runtimes/entry.ts';

/** What packing an app needs of Python: also one that only its start command can run may be a Python app. */
export async function pythonNeeds(
  dir: string,
  entry: Entry,
  interpreter?: string,
): Promise<{ interpreter?: string; requirements?: PythonRequirements }> {
  if (entry.runtime === 'node') return {};
  const requirements = await readRequirements([...new Set([dir, entry.root])]);
  if (entry.runtime === 'command' && requirements === undefined) return {};
  return {
    interpreter: interpreter ?? appPython(dir, entry.root),
    ...(requirements === undefined ? {} : { requirements }),
  };
}
