import type { ComponentEntry } from '../../config/project/load.ts';
import { resolveInputs } from '../../config/project/load.ts';
import type { DeployOptions } from '../../components/engine/deploy.ts';
import { createRegistry } from '../../components/registry/registry.ts';
import { holderText } from '../../components/state/lock.ts';
import { type StateStore, topRecords } from '../../components/state/records.ts';
import { nearest } from '../../lib/nearest.ts';
import { RopewayError } from '../../lib/errors.ts';
import type { Provider } from '../../providers/types.ts';
import { createContexts } from './context.ts';
import type { DeployingOptions } from './options.ts';
import { openTarget, type OpenTarget } from './platform.ts';
import { openProject, type OpenProject } from './project.ts';
import { openState, unlockState } from './state.ts';
import { createReport, type DeployReport } from './report.ts';
import { createWorkshop } from './workshop.ts';

/** All that a verb of deployment works with. */
export interface Session {
  project: OpenProject;
  store: StateStore;
  providerFor(region: string | undefined): Provider;
  report: DeployReport;
  /** What the engine is to be told. */
  engine: Omit<DeployOptions, 'only' | 'removeGone'>;
  signal: AbortSignal;
}

export interface SessionOptions {
  options: DeployingOptions;
  verb: string;
  /** Whether it changes what is deployed: then one command at a time. */
  changes: boolean;
  /** Aliases that there have to be, in the file or in the state. */
  aliases?: readonly string[];
}

/** Opens project, state and target, runs `work`, and leaves everything in order, also after Ctrl-C. */
export async function withSession<T>(
  { options, verb, changes, aliases = [] }: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const project = await openProject(options, verb);
  const width = Math.max(0, ...project.components.map(({ alias }) => alias.length));
  const report = createReport(options.json, options.debug, width);
  const interrupt = interruptSignal(report);
  const state = await openState(project, {
    verb,
    lock: changes,
    onNotice: report.notice,
    signal: interrupt.signal,
  });
  try {
    const { store } = state;
    const { signal } = interrupt;
    for (const alias of aliases) checkAlias(alias, project, store);
    const target = await openTarget({
      project,
      platform: options.platform,
      signal,
      onNotice: report.notice,
    });
    try {
      return await work({
        ...sessionOf({ project, store, target, report, signal, canary: options.canary }),
        project,
        store,
        report,
        signal,
      });
    } catch (error) {
      throw signal.aborted ? interrupted(verb) : error;
    } finally {
      const told = await target.close();
      if (told !== undefined) report.notice(told);
    }
  } finally {
    await state.close();
    interrupt.end();
  }
}

/** Takes the lock of a deployment away; returns whose it was. */
export async function unlock(options: DeployingOptions): Promise<string | undefined> {
  const project = await openProject(options, 'unlock');
  const holder = await unlockState(project, new AbortController().signal);
  return holder && holderText(holder);
}

interface SessionParts {
  project: OpenProject;
  store: StateStore;
  target: OpenTarget;
  report: DeployReport;
  signal: AbortSignal;
  canary: number | undefined;
}

function sessionOf({
  project,
  store,
  target,
  report,
  signal,
  canary,
}: SessionParts): Pick<Session, 'providerFor' | 'engine'> {
  const { providerFor } = target;
  // Planning and applying both look for the app.
  const told = new Set<string>();
  const noteOnce = (alias: string, text: string): void => {
    const key = JSON.stringify([alias, text]);
    if (!told.has(key)) report.note(alias, text);
    told.add(key);
  };
  const workshopOf = (alias: string): ReturnType<typeof createWorkshop> =>
    createWorkshop({
      root: project.dir,
      target: project.target,
      env: project.env,
      onNote: (text) => noteOnce(alias, text),
      onLine: (line) => report.log(alias, line),
      onInstallerLine: (line) => report.progress(alias, line),
      signal,
    });
  const contexts = createContexts({
    project,
    providerFor,
    canary,
    store,
    workshopOf,
    report,
    signal,
  });
  return {
    providerFor,
    engine: {
      ...contexts,
      store,
      entries: project.components,
      classOf: createRegistry(project.dir),
      resolve: resolveInputs,
      runHooks: async (alias, commands) => {
        for (const command of commands) {
          report.status(alias, command);
          await workshopOf(alias).run(command, project.dir, {});
        }
      },
      report,
    },
  };
}

/** Throws NO_SUCH_ALIAS. */
function checkAlias(
  alias: string,
  { components }: { components: readonly ComponentEntry[] },
  store: StateStore,
): void {
  const known = [
    ...new Set([...components.map((one) => one.alias), ...topRecords(store).map(({ id }) => id)]),
  ];
  if (known.includes(alias)) return;
  const meant = nearest(alias, known);
  throw new RopewayError({
    code: 'NO_SUCH_ALIAS',
    message: `There is no component \`${alias}\` here.`,
    expected: known.join(', '),
    got: alias,
    ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
  });
}

interface Interrupt {
  signal: AbortSignal;
  end(): void;
}

/** The first Ctrl-C ends what is going on in good order, the second one at once. */
function interruptSignal(report: DeployReport): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    report.notice('stopping; once more to stop at once');
    controller.abort();
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

function interrupted(verb: string): RopewayError {
  return new RopewayError({
    code: 'INTERRUPTED',
    message: `\`ropeway ${verb}\` was interrupted.`,
    fix: 'what was done so far is noted: run it again and it goes on from there',
  });
}
