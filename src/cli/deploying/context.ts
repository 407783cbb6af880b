import type { Values } from '../../components/component.ts';
import type { LayerState } from '../../components/builtin/layer/layer-component.ts';
import type { StateStore } from '../../components/state/store.ts';
import type { Change, ComponentContext, Credentials, Workshop } from '../../components/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import type { Provider } from '../../providers/types.ts';
import type { OpenProject } from './project.ts';
import type { DeployReport } from './report.ts';

export interface ContextParts {
  project: OpenProject;
  providerFor(region: string | undefined): Provider;
  canary: number | undefined;
  store: StateStore;
  workshopOf(alias: string): Workshop;
  report: DeployReport;
  signal: AbortSignal;
}

/** What components are given, and what they told of their changes. */
export interface Contexts {
  contextOf(alias: string): ComponentContext;
  takeChanges(alias: string): Change[];
}

export function createContexts({
  project,
  providerFor,
  canary,
  store,
  workshopOf,
  report,
  signal,
}: ContextParts): Contexts {
  const changes = new Map<string, Change[]>();
  const contexts = new Map<string, ComponentContext>();
  const make = (alias: string): ComponentContext => ({
    root: project.dir,
    project: project.name,
    stage: project.stage,
    isOnly: project.components.length === 1,
    target: project.target,
    // Not before it is asked for: a default region may be missing that nobody needs.
    get provider() {
      return providerFor(undefined);
    },
    providerFor,
    ...(canary === undefined ? {} : { canary }),
    credentials: credentialsOf(project.env),
    ...endpointOf(project),
    signal,
    workshop: workshopOf(alias),
    findLayer: async (name, version) => findLayer(store, name, version),
    log: (text) => report.log(alias, text),
    status: (text) => report.status(alias, text),
    debug: (text) => report.debug(alias, text),
    note: (text) => report.note(alias, text),
    changed: (change) => {
      changes.set(alias, [...(changes.get(alias) ?? []), change]);
    },
  });
  return {
    contextOf: (alias) => {
      const context = contexts.get(alias) ?? make(alias);
      contexts.set(alias, context);
      return context;
    },
    takeChanges: (alias) => {
      const told = changes.get(alias) ?? [];
      changes.delete(alias);
      return told;
    },
  };
}

/** Of the clouds, from the variables that their tools read and those of the old components. */
function credentialsOf(env: Record<string, string | undefined>): Credentials {
  const tencent = withValues({
    AppId: env['TENCENT_APP_ID'],
    SecretId: env['TENCENT_SECRET_ID'] ?? env['TENCENTCLOUD_SECRET_ID'],
    SecretKey: env['TENCENT_SECRET_KEY'] ?? env['TENCENTCLOUD_SECRET_KEY'],
    token: env['TENCENT_TOKEN'] ?? env['TENCENTCLOUD_TOKEN'],
  });
  return Object.keys(tencent).length === 0 ? {} : { tencent };
}

/** Of an emulated Tencent Cloud, whose components have no other way to be told. */
function endpointOf({ target, env }: OpenProject): { endpoint?: string } {
  const endpoint = env['TENCENTCLOUD_ENDPOINT'];
  return target === 'tencent' && endpoint ? { endpoint } : {};
}

function withValues(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function findLayer(store: StateStore, name: string, version: string): { file: string; digest: string } {
  const layers = store.list().map(({ state }) => state as LayerState & Values);
  const found = layers.find((one) => one.layer === name && one.version === version);
  if (found?.file !== undefined && found.digest !== undefined)
    return { file: found.file, digest: found.digest };
  throw new RopewayError({
    code: 'NO_SUCH_LAYER',
    message: `There is no layer ${name} of version ${version}.`,
    expected:
      layers.flatMap((one) => (one.layer === undefined ? [] : [`${one.layer} ${one.version}`])).join(', ') ||
      'a `component: layer` of this project: `layers: [{name: ${deps.name}, version: ${deps.version}}]`',
    got: `${name} ${version}`,
  });
}
