import { planPreparation, type Preparation, runPreparation } from '../../frameworks/prepare.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import { isInteractive } from './find-app.ts';
import type { AppOptions } from './options.ts';
import type { Output } from './output.ts';

/**
 * Installs what the app lacks, after asking or with `--yes`; returns the Python interpreter, if the
 * app needs one. Throws PREPARATION_NEEDED when nobody is there to ask or the answer is no.
 */
export async function prepareApp(
  dir: string,
  app: DetectedApp,
  options: AppOptions,
  output: Output,
): Promise<string | undefined> {
  const preparation = await planPreparation(dir, app);
  for (const note of preparation.notes) output.notice(note);
  if (preparation.steps.length === 0) return preparation.interpreter;
  if (!options.yes && !(await agreed(preparation, options))) throw needed(preparation);
  await runPreparation(preparation, {
    onStep: (step) => output.preparing(step.title),
    onLine: output.preparingLine,
  });
  output.prepared();
  return preparation.interpreter;
}

async function agreed(preparation: Preparation, options: AppOptions): Promise<boolean> {
  if (options.json || !isInteractive()) return false;
  const { confirm, note } = await import('@clack/prompts');
  note(
    preparation.steps.map((step) => `${step.title}\n  ${step.why}`).join('\n'),
    'Needed before the app can start',
  );
  return (await confirm({ message: 'Do this now?' })) === true;
}

function needed(preparation: Preparation): RopewayError {
  return new RopewayError({
    code: 'PREPARATION_NEEDED',
    message: 'The app is not ready to start.',
    detail: preparation.steps.map((step) => `${step.why}\n  $ ${step.command.join(' ')}`).join('\n'),
    fix: 'run `ropeway dev --yes` to have this done, or run the commands above yourself',
  });
}
