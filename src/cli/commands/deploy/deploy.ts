import { deployAll, type Deployed } from '../../../components/engine/deploy.ts';
import { colors } from '../../colors.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { failuresOf, noteFailures } from '../../deploying/failures.ts';
import { prunePackages } from '../../deploying/packages-folder.ts';
import { shownOutputs } from '../../deploying/report.ts';
import { type Session, withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';
import { showPlan } from '../plan/plan.ts';
import { type SmokeAnswer, smokeRequest } from './smoke.ts';

export interface DeployCommandOptions extends DeployingOptions {
  plan: boolean;
  yes: boolean;
}

/** Deploys and says how it went. Throws for what is wrong before anything is done; afterwards the exit code tells. */
export async function deploy(alias: string | undefined, options: DeployCommandOptions): Promise<void> {
  if (options.plan) {
    await showPlan(alias, options);
    return;
  }
  const aliases = alias === undefined ? [] : [alias];
  await withSession({ options, verb: 'deploy', changes: true, aliases }, async (session) => {
    const began = performance.now();
    const { project, engine } = session;
    if (!options.json) {
      say(colors.dim(`${project.name} → ${project.target}, stage ${project.stage}`));
    }
    const deployed = await deployAll({ ...engine, only: alias, removeGone: options.yes });
    if (deployed.gone.length > 0) {
      session.report.notice(
        `no longer in the file, and still there: ${deployed.gone.join(', ')} (ropeway deploy --yes removes it)`,
      );
    }
    await finish(session, deployed, options, performance.now() - began);
  });
}

async function finish(
  { project, signal }: Session,
  deployed: Deployed,
  { json }: DeployingOptions,
  ms: number,
): Promise<void> {
  signal.throwIfAborted();
  prunePackages(project.dir);
  const failures = failuresOf(deployed.outcomes);
  const done = [...deployed.outcomes].filter(([, { kind }]) => kind === 'done');
  const answers = failures.length > 0 ? [] : await smokeRequests(deployed);
  if (json) {
    const outputs = Object.fromEntries(
      [...deployed.outputs].map(([alias, one]) => [
        alias,
        shownOutputs(one, deployed.secrets.get(alias) ?? []),
      ]),
    );
    printEvent('finished', {
      ok: failures.length === 0,
      stage: project.stage,
      target: project.target,
      outputs,
      answers,
      ms: Math.round(ms),
    });
  } else {
    for (const { url, text, isGood } of answers)
      say(`  ${isGood ? colors.dim(`GET ${url} ${text}`) : colors.yellow(`GET ${url} ${text}`)}`);
    const count = `${done.length} of ${deployed.outcomes.size}`;
    say(
      failures.length === 0
        ? colors.dim(`done in ${(ms / 1000).toFixed(1)} s`)
        : `${count} deployed; what failed is as it was before`,
    );
  }
  noteFailures(failures);
}

/** Of what has not changed it is known already. */
async function smokeRequests({ outputs, changed }: Deployed): Promise<SmokeAnswer[]> {
  const urls = [...outputs].flatMap(([alias, { url }]) =>
    changed.has(alias) && typeof url === 'string' && url.startsWith('http') ? [url] : [],
  );
  return Promise.all([...new Set(urls)].map(smokeRequest));
}
