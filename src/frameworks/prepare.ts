import type { Preparation, PreparationStep } from './preparation/types.ts';
import type { DetectedApp } from './types.ts';

export type { Preparation, PreparationStep } from './preparation/types.ts';

/**
 * What an app lacks before it can start, as commands; no steps when it lacks nothing. Changes nothing.
 * Throws PYTHON_NOT_FOUND, PYTHON_TOO_OLD, PYTHON_BROKEN, MISSING_DEPENDENCY.
 */
export async function planPreparation(dir: string, app: DetectedApp): Promise<Preparation> {
  if (app.entry.runtime === 'python') {
    const { planPython } = await import('./preparation/python.ts');
    return planPython(dir, app);
  }
  const { planNode } = await import('./preparation/node.ts');
  return planNode(dir, app);
}

export interface RunOptions {
  onStep(step: PreparationStep): void;
  /** Gets the output of the commands line by line. */
  onLine(line: string): void;
}

/** Runs the steps in order. Throws PREPARATION_FAILED with the command and the end of its output. */
export async function runPreparation(preparation: Preparation, options: RunOptions): Promise<void> {
  if (preparation.steps.length === 0) return;
  const { run } = await import('./preparation/run.ts');
  for (const step of preparation.steps) {
    options.onStep(step);
    await run(step, options.onLine);
  }
}
