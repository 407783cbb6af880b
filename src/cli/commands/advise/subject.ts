import { appPython } from '../../../frameworks/python/interpreter.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { appConfig } from '../../apps/app-config.ts';
import { appFolder } from '../../apps/app-folder.ts';
import { findApp } from '../../apps/find-app.ts';
import { functionSpec } from '../../apps/function-spec.ts';
import type { AppOptions } from '../../apps/options.ts';
import { outputAsProgress, type Progress } from '../../measuring/progress.ts';
import { type AppSubject, subjectOf } from '../../measuring/subject.ts';

/** The app of a folder; one that is only read is neither installed nor run. */
export async function subjectToAdvise(
  folder: string,
  options: AppOptions,
  isMeasured: boolean,
  progress: Progress,
): Promise<AppSubject> {
  if (isMeasured) return subjectOf(folder, 'advise', options, progress);
  const dir = appFolder(folder, 'advise');
  const config = await appConfig(dir);
  const app = await findApp(dir, options, config, outputAsProgress(progress));
  const interpreter = app.entry.runtime === 'node' ? undefined : pythonIfAny(dir, app.entry.root);
  const spec = functionSpec({ dir, app, interpreter, options, config, env: {}, cold: 'fresh' });
  return { dir, app, config, spec };
}

/** A start command may be one of Python, or of something else. */
function pythonIfAny(dir: string, root: string): string | undefined {
  try {
    return appPython(dir, root);
  } catch (error) {
    if (error instanceof RopewayError && error.code === 'PYTHON_NOT_FOUND') return undefined;
    throw error;
  }
}
