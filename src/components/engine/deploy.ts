import { RopewayError } from '../../lib/errors.ts';
import type { Values } from '../component.ts';
import { dependencies } from '../../config/project/graph.ts';
import type { ComponentEntry } from '../../config/project/load.ts';
import { checkInputs } from '../inputs.ts';
import { topRecords } from '../state/store.ts';
import type { Change } from '../types.ts';
import { createHost, type EngineOptions, type Host } from './host.ts';
import { noteSecrets, placeOf, type SecretOutputs } from './place.ts';
import { removeRecords } from './remove.ts';
import type { Report } from './report.ts';
import { type Outcome, walk } from './walk.ts';

export interface DeployOptions extends EngineOptions {
  entries: readonly ComponentEntry[];
  /** With outputs put in for references. Throws REFERENCE. */
  resolve(entry: ComponentEntry, outputsOf: (alias: string) => Values | undefined): Values;
  /** Runs the shell commands of `hooks`. */
  runHooks(alias: string, commands: readonly string[]): Promise<void>;
  report: Report;
  /** What has been told of a component's changes so far; emptied. */
  takeChanges(alias: string): Change[];
  /** Only this one, and what it needs that is not there yet. */
  only?: string | undefined;
  /** Whether what stands in the state and no longer in the file is to be removed. */
  removeGone: boolean;
}

export interface Deployed {
  outputs: Map<string, Values>;
  secrets: SecretOutputs;
  /** Aliases of which something was made or changed. */
  changed: Set<string>;
  outcomes: Map<string, Outcome<void>>;
  /** Aliases that stand in the state and not in the file, and that are still there. */
  gone: string[];
}

/** Deploys the components of a file. Throws INPUTS, NO_SUCH_COMPONENT… before anything is called; what fails later is in the outcomes. */
export async function deployAll(options: DeployOptions): Promise<Deployed> {
  const { entries, store, report } = options;
  const host = createHost(options);
  const chosen = choose(options);
  const secrets = await checkAll(options, host, chosen);
  const outputs = new Map<string, Values>();
  const changed = new Set<string>();
  for (const { alias } of entries) {
    const record = store.read(alias);
    if (record?.status === 'deployed' && !chosen.some((one) => one.alias === alias))
      outputs.set(alias, record.outputs);
  }
  const byAlias = new Map(chosen.map((entry) => [entry.alias, entry]));
  const outcomes = await walk(dependencies(chosen), async (alias) => {
    const entry = byAlias.get(alias)!;
    report.started(alias);
    const began = performance.now();
    try {
      outputs.set(alias, await deployOne(options, host, entry, outputs, secrets));
    } catch (error) {
      report.failed(alias, error);
      throw error;
    }
    const changes = options.takeChanges(alias);
    if (changes.length > 0) changed.add(alias);
    report.done(alias, {
      action: changes.length === 0 ? 'unchanged' : 'deployed',
      changes,
      outputs: outputs.get(alias)!,
      secrets: secrets.get(alias) ?? [],
      ms: performance.now() - began,
    });
  });
  for (const [alias, outcome] of outcomes)
    if (outcome.kind === 'skipped') report.skipped(alias, outcome.because);
  const gone = options.only === undefined ? goneFrom(options) : [];
  const allWell = [...outcomes.values()].every(({ kind }) => kind === 'done');
  // What is gone from the file goes from the target last, and not while something is amiss.
  if (!options.removeGone || !allWell || gone.length === 0)
    return { outputs, secrets, changed, outcomes, gone };
  const removed = await removeRecords({ ...options, host, aliases: gone });
  return {
    outputs,
    secrets,
    changed,
    outcomes: new Map([...outcomes, ...removed]),
    gone: gone.filter((one) => removed.get(one)?.kind !== 'done'),
  };
}

/** Aliases that stand in the state and no longer in the file. */
export function goneFrom({ store, entries }: Pick<DeployOptions, 'store' | 'entries'>): string[] {
  const named = new Set(entries.map(({ alias }) => alias));
  return topRecords(store).flatMap(({ id }) => (named.has(id) ? [] : [id]));
}

async function deployOne(
  options: DeployOptions,
  host: Host,
  entry: ComponentEntry,
  outputs: ReadonlyMap<string, Values>,
  secrets: SecretOutputs,
): Promise<Values> {
  const { alias, component, hooks, dependsOn } = entry;
  const place = placeOf(entry, true, secrets);
  const inputs = options.resolve(entry, (other) => outputs.get(other));
  const part = await host.part(alias, component, place);
  await options.runHooks(alias, hooks.before);
  const made = await host.deploy(part, inputs, place, dependsOn);
  await options.runHooks(alias, hooks.after);
  return made;
}

/** Throws everything that can be seen to be wrong before anything is called; returns the secret outputs that there will be. */
async function checkAll(
  options: DeployOptions,
  host: Host,
  entries: readonly ComponentEntry[],
): Promise<SecretOutputs> {
  const secrets: SecretOutputs = new Map();
  for (const entry of entries) {
    const place = placeOf(entry, false, secrets);
    const { type, record } = await host.part(entry.alias, entry.component, place);
    noteSecrets(secrets, entry.alias, type);
    const before = record.current().component;
    if (
      before !== entry.component &&
      options.store.read(entry.alias) !== undefined &&
      !(await isSame(options, before, entry.component))
    ) {
      throw new RopewayError({
        code: 'COMPONENT_CHANGED',
        message: `${place.where([])}: \`${entry.alias}\` was deployed by another component.`,
        expected: before,
        got: entry.component,
        fix: `remove it first: ropeway remove ${entry.alias}; or give the new one another alias`,
      });
    }
    await checkInputs(type.inputs, entry.inputs, place);
  }
  return secrets;
}

/** One and the same may have several names. */
async function isSame(options: EngineOptions, before: string, now: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([options.classOf(before), options.classOf(now)]);
    return one === other || (one.kind !== undefined && one.kind === other.kind);
  } catch {
    return false;
  }
}

function choose({ entries, only, store }: DeployOptions): readonly ComponentEntry[] {
  if (only === undefined) return entries;
  const byAlias = new Map(entries.map((entry) => [entry.alias, entry]));
  const chosen = new Set<ComponentEntry>();
  const add = (alias: string): void => {
    const entry = byAlias.get(alias);
    if (entry === undefined || chosen.has(entry)) return;
    chosen.add(entry);
    for (const other of entry.dependsOn) if (store.read(other)?.status !== 'deployed') add(other);
  };
  add(only);
  return [...chosen];
}
