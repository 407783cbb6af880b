import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadConfig } from '../../../config/load.ts';
import type { Finding } from '../../../insight/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { isInteractive } from '../../apps/find-app.ts';
import { colors } from '../../colors.ts';
import { say } from '../../print-lines.ts';
import { writeWhole } from '../../requests/request-file.ts';
import { hasComponents } from '../../verb-of.ts';
import { lineDiff } from './line-diff.ts';
import type { AdviseOptions } from './options.ts';
import { withSettings } from './edit-yaml.ts';

/** Writes into ropeway.yml what the findings say of it. Throws APPLY_CONFLICT, APPLY_COMPONENTS, APPLY_REFUSED, CONFIG. */
export async function applyFindings(
  dir: string,
  findings: Finding[],
  { yes, json }: Pick<AdviseOptions, 'yes' | 'json'>,
): Promise<void> {
  const tell = json ? (): void => undefined : say;
  const wanted = findings.filter(({ appliable, yaml }) => appliable && yaml !== undefined);
  if (wanted.length === 0) {
    tell('Nothing of this can be written into ropeway.yml.');
    return;
  }
  const file = configFile(dir);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = wanted.reduce((text, finding) => edited(text, finding), before);
  if (after === before) {
    tell('ropeway.yml says this already.');
    return;
  }
  tell(`ropeway.yml:\n${lineDiff(before, after).map(shade).join('\n')}`);
  if (!yes && !(await agreed())) {
    throw new RopewayError({
      code: 'APPLY_REFUSED',
      message: 'ropeway.yml was not changed.',
      fix: 'pass --yes to have it changed without being asked',
    });
  }
  await writeWhole(file, after);
  // What was written is what the other verbs will read.
  await loadConfig(dir);
  tell(`${colors.green('✓')} ropeway.yml written`);
}

function configFile(dir: string): string {
  if (hasComponents(dir)) {
    throw new RopewayError({
      code: 'APPLY_COMPONENTS',
      message: 'This folder is deployed by components, whose file is yours to write.',
      fix: 'put the lines under `inputs:` of the app’s component',
    });
  }
  const other = join(dir, 'ropeway.yaml');
  return existsSync(other) ? other : join(dir, 'ropeway.yml');
}

function edited(text: string, { id, yaml }: Finding): string {
  const { text: after, conflicts } = withSettings(text, yaml!);
  const [conflict] = conflicts;
  if (conflict === undefined) return after;
  throw new RopewayError({
    code: 'APPLY_CONFLICT',
    message: `ropeway.yml says something else already (${id}).`,
    expected: `${conflict.setting}: ${JSON.stringify(conflict.wanted)}, or nothing`,
    got: `${conflict.setting}: ${JSON.stringify(conflict.is)}`,
    fix: 'change it by hand, or take it out and run this again; what you have written is never overwritten',
  });
}

async function agreed(): Promise<boolean> {
  if (!isInteractive()) return false;
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: 'Write this?' })) === true;
}

function shade(line: string): string {
  if (line.startsWith('+')) return colors.green(line);
  return line.startsWith('-') ? colors.red(line) : colors.dim(line);
}
