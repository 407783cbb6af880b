import { invalid } from './errors.ts';

/** A stage of deployment: `dev`, `prod`. */
export const STAGE_NAME = /^[\w-]{1,64}$/;

/** Throws CONFIG for what is not the name of a stage: it becomes part of names of files. */
export function checkStage(stage: string): void {
  if (STAGE_NAME.test(stage)) return;
  throw invalid('This is not the name of a stage.', {
    expected: 'up to 64 letters, digits, - and _',
    got: JSON.stringify(stage),
  });
}
