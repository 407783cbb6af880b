import type { StateRecord } from '../../../components/state/store.ts';
import type { LiveFunction, LiveSite, Provider } from '../../../providers/types.ts';
import { percent } from '../../../lib/percent.ts';
import { colors } from '../../colors.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

/** A deployed component: what the state says, and what is there. */
interface Shown {
  component: string;
  /** As the file names it. */
  type: string;
  status: StateRecord['status'];
  changedAt: string;
  outputs: StateRecord['outputs'];
  function?: LiveFunction;
  site?: LiveSite;
  /** What the state says is there and is not. */
  missing?: string;
}

/** Prints what is deployed. */
export async function info(alias: string | undefined, options: DeployingOptions): Promise<void> {
  const aliases = alias === undefined ? [] : [alias];
  await withSession(
    { options, verb: 'info', changes: false, aliases },
    async ({ store, provider, project }) => {
      const records = store
        .list()
        .filter(({ id }) => alias === undefined || id === alias || id.startsWith(`${alias}.`));
      const shown = await Promise.all(records.map((record) => look(record, provider)));
      if (options.json) {
        printEvent('info', { stage: project.stage, target: project.target, components: shown });
        return;
      }
      if (shown.length === 0) say('nothing is deployed from here: ropeway deploy');
      for (const one of shown) show(one);
    },
  );
}

async function look(record: StateRecord, provider: Provider): Promise<Shown> {
  const { id, component, status, changedAt, outputs, state } = record;
  const fn =
    typeof state['function'] === 'string' ? await provider.findFunction(state['function']) : undefined;
  const site = typeof state['site'] === 'string' ? await provider.findSite(state['site']) : undefined;
  const name = state['function'] ?? state['site'];
  const isMissing = typeof name === 'string' && fn === undefined && site === undefined;
  return {
    component: id,
    type: component,
    status,
    changedAt,
    outputs,
    ...(fn === undefined ? {} : { function: fn }),
    ...(site === undefined ? {} : { site }),
    ...(isMissing ? { missing: name } : {}),
  };
}

function show({ component, type, status, changedAt, function: fn, site, missing, outputs }: Shown): void {
  const unfinished =
    status === 'deployed' ? '' : colors.yellow(' (its deployment did not end: ropeway deploy)');
  say(`${colors.bold(component)}  ${colors.dim(type)}${unfinished}`);
  const url = fn?.url ?? site?.url ?? outputs['url'];
  if (typeof url === 'string') say(`  ${url}`);
  if (fn !== undefined) {
    say(
      `  function ${fn.name}, version ${fn.version ?? 'none'}${fn.routes.length === 0 ? '' : `, at ${fn.routes.join(', ')}`}`,
    );
    const others = fn.versions.filter(({ version }) => version !== fn.version);
    if (fn.canary !== undefined) {
      const { version, weight } = fn.canary;
      say(
        `  version ${version} gets ${percent(weight)} of the requests: ropeway promote gives it all, ropeway rollback none`,
      );
    }
    if (others.length > 0) {
      say(
        colors.dim(
          `  other versions: ${others.map(({ version, createdAt }) => `${version} of ${when(createdAt)}`).join(', ')}`,
        ),
      );
    }
  }
  if (missing !== undefined)
    say(colors.red(`  ${missing} is not there any more: ropeway deploy makes it again`));
  say(colors.dim(`  deployed ${when(changedAt)}`));
}

function when(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
