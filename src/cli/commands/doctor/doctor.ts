import { serveStateFolder } from '../../../lib/state-folder.ts';
import { appFolder } from '../../apps/app-folder.ts';
import { colors } from '../../colors.ts';
import { checkApp } from './app.ts';
import type { Check } from './check.ts';
import { checkClock, checkCredentials, checkInstallers } from './deploying.ts';
import { checkLimits } from './limits.ts';
import {
  checkFiles,
  checkPort,
  checkPython,
  checkServe,
  checkState,
  checkSystem,
  checkTemplates,
} from './machine.ts';

export interface DoctorOptions {
  state?: string;
  json: boolean;
}

/** Prints what was found; the exit code is 1 when something does not work. Throws NO_FOLDER. */
export async function doctor(dir: string | undefined, options: DoctorOptions): Promise<void> {
  const folder = dir === undefined ? undefined : appFolder(dir, 'doctor');
  const state = serveStateFolder(options.state);
  const checks = [
    checkSystem(),
    await checkPython(),
    ...(await checkInstallers()),
    checkTemplates(),
    ...checkLimits(),
    await checkFiles(),
    await checkState(state),
    await checkServe(state),
    await checkPort(),
    checkCredentials(),
    await checkClock(),
    ...(folder === undefined ? [] : await checkApp(folder)),
  ];
  process.stdout.write(options.json ? `${JSON.stringify({ checks }, null, 2)}\n` : asText(checks));
  if (checks.some(({ status }) => status === 'error')) process.exitCode = 1;
}

const SIGNS = { ok: colors.green('✓'), warning: colors.yellow('!'), error: colors.red('✗') };

function asText(checks: Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  const lines = checks.flatMap(({ name, status, found, fix }) => [
    `${SIGNS[status]} ${name.padEnd(width)}  ${found}`,
    ...(fix === undefined ? [] : [`${indent}${colors.dim(`to mend: ${fix}`)}`]),
  ]);
  return `${lines.join('\n')}\n`;
}
