import { rmSync } from 'node:fs';

import { adoptFromFile } from '../../../components/engine/adopt.ts';
import { dependentsOf, removeRecords } from '../../../components/engine/remove.ts';
import { topRecords } from '../../../components/state/store.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { isInteractive } from '../../apps/find-app.ts';
import { colors } from '../../colors.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { packagesFolder } from '../../deploying/packages-folder.ts';
import { failuresOf, noteFailures } from '../../deploying/failures.ts';
import { type Session, withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

export interface RemoveCommandOptions extends DeployingOptions {
  yes: boolean;
}

/** Removes what the state knows; asks first. Throws CONFIRMATION_NEEDED when nobody is there to ask. */
export async function remove(alias: string | undefined, options: RemoveCommandOptions): Promise<void> {
  const aliases = alias === undefined ? [] : [alias];
  await withSession({ options, verb: 'remove', changes: true, aliases }, async (session) => {
    const found = await adoptFromFile(session.engine);
    if (found.length > 0)
      session.report.notice(`deployed from elsewhere, by these files: ${found.join(', ')}`);
    const chosen = chosenAliases(session, alias);
    if (chosen.length === 0) {
      tidyPackages(session);
      say(
        options.json ? JSON.stringify({ type: 'removed-all', ok: true, removed: [] }) : 'nothing is deployed',
      );
      return;
    }
    if (!(await agreed(chosen, session, options))) return;
    const outcomes = await removeRecords({ ...session.engine, aliases: chosen });
    session.signal.throwIfAborted();
    const failures = failuresOf(outcomes);
    tidyPackages(session);
    if (options.json) {
      const removed = [...outcomes].flatMap(([name, { kind }]) => (kind === 'done' ? [name] : []));
      printEvent('removed-all', { ok: failures.length === 0, removed });
    }
    noteFailures(failures);
  });
}

function chosenAliases({ store, project }: Session, alias: string | undefined): string[] {
  const records = topRecords(store);
  if (alias === undefined) return records.map(({ id }) => id);
  const known = records.map(({ id, dependsOn }) => ({ alias: id, dependsOn }));
  const needing = [...new Set([...dependentsOf(known, alias), ...dependentsOf(project.components, alias)])];
  return [...needing, alias].filter((name) => records.some(({ id }) => id === name));
}

async function agreed(
  chosen: string[],
  { project }: Session,
  { yes, json }: RemoveCommandOptions,
): Promise<boolean> {
  if (yes) return true;
  const what = `${chosen.join(', ')} (${project.target}, stage ${project.stage})`;
  if (json || !isInteractive()) {
    throw new RopewayError({
      code: 'CONFIRMATION_NEEDED',
      message: `This would remove ${what}.`,
      fix: 'ropeway remove --yes',
    });
  }
  const { confirm } = await import('@clack/prompts');
  const answer = (await confirm({ message: `Remove ${what}?`, initialValue: false })) === true;
  if (!answer) say(colors.dim('nothing was removed'));
  return answer;
}

/** Packages are there to be deployed; with nothing deployed they are only in the way. */
function tidyPackages({ store, project }: Session): void {
  if (store.list().length === 0) rmSync(packagesFolder(project.dir), { recursive: true, force: true });
}
