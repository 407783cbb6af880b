import type { Values } from '../../../components/component.ts';
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
  function?: ShownFunction;
  /** In further regions. */
  others?: ShownFunction[];
  site?: LiveSite;
  /** What the state says is there and is not. */
  missing?: string;
}

/** Prints what is deployed. */
export async function info(alias: string | undefined, options: DeployingOptions): Promise<void> {
  const aliases = alias === undefined ? [] : [alias];
  await withSession(
    { options, verb: 'info', changes: false, aliases },
    async ({ store, providerFor, project }) => {
      const records = store
        .list()
        .filter(({ id }) => alias === undefined || id === alias || id.startsWith(`${alias}.`));
      const shown = await Promise.all(records.map((record) => look(record, providerFor)));
      if (options.json) {
        printEvent('info', { stage: project.stage, target: project.target, components: shown });
        return;
      }
      if (shown.length === 0) say('nothing is deployed from here: ropeway deploy');
      for (const one of shown) show(one);
    },
  );
}

/** Values of the environment are nobody's business. */
type ShownFunction = Omit<LiveFunction, 'observedEnv'> & { region?: string };

async function look(
  record: StateRecord,
  providerFor: (region: string | undefined) => Provider,
): Promise<Shown> {
  const { id, component, status, changedAt, outputs, state } = record;
  const { region, others = {} } = state as { region?: string; others?: Record<string, Values> };
  const find = async (name: unknown, where: string | undefined): Promise<ShownFunction | undefined> => {
    if (typeof name !== 'string') return undefined;
    const { observedEnv: _, ...live } = (await providerFor(where).findFunction(name)) ?? { name: undefined };
    return live.name === undefined
      ? undefined
      : { ...live, ...(where === undefined ? {} : { region: where }) };
  };
  const [fn, ...more] = await Promise.all([
    find(state['function'], region),
    ...Object.entries(others).map(([where, one]) => find(one['function'], where)),
  ]);
  const elsewhere = more.filter((one) => one !== undefined);
  const site =
    typeof state['site'] === 'string' ? await providerFor(region).findSite(state['site']) : undefined;
  const name = state['function'] ?? state['site'];
  const isMissing = typeof name === 'string' && fn === undefined && site === undefined;
  return {
    component: id,
    type: component,
    status,
    changedAt,
    outputs,
    ...(fn === undefined ? {} : { function: fn }),
    ...(elsewhere.length === 0 ? {} : { others: elsewhere }),
    ...(site === undefined ? {} : { site }),
    ...(isMissing ? { missing: name } : {}),
  };
}

function show(shown: Shown): void {
  const { component, type, status, changedAt, function: fn, others = [], site, missing, outputs } = shown;
  const unfinished =
    status === 'deployed' ? '' : colors.yellow(' (its deployment did not end: ropeway deploy)');
  say(`${colors.bold(component)}  ${colors.dim(type)}${unfinished}`);
  const url = fn?.url ?? site?.url ?? outputs['url'];
  if (typeof url === 'string') say(`  ${url}`);
  for (const one of [fn, ...others]) if (one !== undefined) showFunction(one, one !== fn);
  if (missing !== undefined)
    say(colors.red(`  ${missing} is not there any more: ropeway deploy makes it again`));
  say(colors.dim(`  deployed ${when(changedAt)}`));
}

function showFunction(fn: ShownFunction, isElsewhere: boolean): void {
  if (isElsewhere && fn.url !== undefined) say(`  ${fn.url}`);
  const where = fn.region === undefined ? '' : ` in ${fn.region}`;
  const at = fn.routes.length === 0 ? '' : `, at ${fn.routes.join(', ')}`;
  say(`  function ${fn.name}${where}, version ${fn.version ?? 'none'}${at}`);
  if (fn.canary !== undefined) {
    const { version, weight } = fn.canary;
    say(
      `  version ${version} gets ${percent(weight)} of the requests: ropeway promote gives it all, ropeway rollback none`,
    );
  }
  const older = fn.versions.filter(({ version }) => version !== fn.version);
  if (older.length === 0) return;
  const texts = older.map(({ version, createdAt }) => `${version} of ${when(createdAt)}`);
  say(colors.dim(`  other versions: ${texts.join(', ')}`));
}

function when(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
