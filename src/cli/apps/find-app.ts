import type { RopewayConfig } from '../../config/load.ts';
import { detectApp } from '../../frameworks/detect.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import type { AppOptions } from './options.ts';
import { evidenceLine, type Output } from './output.ts';

/** The one app of a folder. Asks when there are several and a person is there, else APP_AMBIGUOUS. */
export async function findApp(
  dir: string,
  options: AppOptions,
  config: RopewayConfig,
  output: Output,
): Promise<DetectedApp> {
  const app = options.app ?? (options.start === undefined ? config.app : undefined);
  const start = options.start ?? (options.app === undefined ? config.start : undefined);
  const detection = await detectApp(dir, {
    ...(app === undefined ? {} : { app }),
    ...(start === undefined ? {} : { start }),
  });
  if (detection.kind === 'none') throw appNotFound(dir, detection, NAME_IT);
  const found =
    detection.kind === 'found'
      ? detection.app
      : await choose(detection.candidates, !options.json && isInteractive());
  output.detected(found);
  return found;
}

async function choose(candidates: DetectedApp[], ask: boolean): Promise<DetectedApp> {
  if (!ask) throw appAmbiguous(candidates, CHOOSE);
  const { select, isCancel } = await import('@clack/prompts');
  const chosen = await select({
    message: `${candidates.length} apps match. Which one?`,
    options: candidates.map((candidate) => ({
      value: candidate,
      label: candidate.selector,
      hint: evidenceLine(candidate),
    })),
  });
  if (isCancel(chosen)) throw appAmbiguous(candidates, CHOOSE);
  return chosen;
}

/** Whether someone is there to answer a question. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Several apps, and nobody to choose; `fix` says how, with the first of them. */
export function appAmbiguous(candidates: DetectedApp[], fix: (selector: string) => string): RopewayError {
  return new RopewayError({
    code: 'APP_AMBIGUOUS',
    message: `${candidates.length} apps match, and a guess could be wrong.`,
    detail: candidates.map((candidate) => `${candidate.selector}\n    ${evidenceLine(candidate)}`).join('\n'),
    fix: fix(candidates[0]!.selector),
  });
}

const CHOOSE = (selector: string): string =>
  `choose one: ropeway dev --app ${selector}   (or \`app: ${selector}\` in ropeway.yml)`;

const NAME_IT =
  'name it: ropeway dev --app module:attribute (Python), --app server.js (Node), or --start "command" for anything that listens on PORT';

/** What was looked for and not found; `fix` says how the app can be named where it is called from. */
export function appNotFound(
  dir: string,
  { lookedFor, problems }: { lookedFor: string[]; problems: string[] },
  fix: string,
): RopewayError {
  const detail = ['looked for:', ...lookedFor.map((line) => `  ${line}`)];
  if (problems.length > 0) detail.push('could not be read:', ...problems.map((line) => `  ${line}`));
  return new RopewayError({
    code: 'APP_NOT_FOUND',
    message: `No web app was found in ${dir}.`,
    detail: detail.join('\n'),
    fix,
  });
}
