import type { DeployedVersion, PackageFile } from '../../../providers/types.ts';
import { percent } from '../../../lib/percent.ts';
import { RopewayError } from '../../../lib/errors.ts';
import type { Values } from '../../component.ts';
import type { BuiltApp, ComponentContext } from '../../types.ts';
import { madeOrChanged } from '../change.ts';
import { noteAdoption } from '../ownership.ts';
import { observedOf } from './drift.ts';
import type { Wanted } from './look.ts';
import { clearObsolete, type Place } from './place.ts';
import type { AppSettings } from './settings.ts';
import { streamsOn } from './streams.ts';

/** Makes everything in one place as it is wanted; nothing when nothing differs. */
export async function deployPlace(
  place: Place,
  settings: AppSettings,
  wanted: Wanted,
  build: () => Promise<BuiltApp>,
): Promise<DeployedVersion> {
  const { component } = place;
  const { name, live, routes, parts, salt, because } = wanted;
  const before = place.state();
  if (live !== undefined && before.function === undefined) noteAdoption(component, 'function', name);
  if (because.length === 0) {
    const version = live!.version!;
    place.setState({ ...before, function: name, version, parts, ...(routes && { routes }), salt });
    // A deployment that was cut off may have left them.
    await clearObsolete(place);
    return { version, ...(live!.url === undefined ? {} : { url: live!.url }), unchanged: true };
  }
  const obsolete = before.obsolete ?? [];
  const isRenamed = before.function !== undefined && before.function !== name;
  place.setState({
    ...before,
    function: name,
    salt,
    ...(routes && { routes }),
    obsolete: isRenamed ? [...obsolete, before.function!] : obsolete,
  });
  await component.save();
  const deployed =
    wanted.canary === undefined
      ? await deployVersion(place, settings, wanted, build)
      : await moveTraffic(place, wanted);
  const after = await place.provider.findFunction(name);
  const observed = observedOf(after, salt);
  const { observed: _, url: __, eventFormat: ___, ...rest } = place.state();
  place.setState({
    ...rest,
    version: after?.version ?? deployed.version,
    parts,
    ...(deployed.url === undefined ? {} : { url: deployed.url }),
    ...(settings.eventFormat === undefined ? {} : { eventFormat: settings.eventFormat }),
    ...(observed === undefined ? {} : { observed }),
  });
  await component.save();
  const share = after?.canary?.version === deployed.version ? ` (${percent(after.canary.weight)})` : '';
  component.context.changed(
    madeOrChanged(
      'function',
      `${place.title(name)} version ${deployed.version}${share}`,
      live === undefined,
      because,
    ),
  );
  await clearObsolete(place);
  return deployed;
}

async function deployVersion(
  place: Place,
  settings: AppSettings,
  { name, found, live, routes, labels }: Wanted,
  build: () => Promise<BuiltApp>,
): Promise<DeployedVersion> {
  const { context } = place.component;
  context.status(`packing ${found.title}`);
  const built = await build();
  const { own, given } = await layersOf(context, settings);
  context.signal.throwIfAborted();
  context.status(`deploying ${place.title(name)}`);
  const { env, limits, localLimits, warmup, cold, eventFormat } = settings;
  return place.provider.deployFunction({
    name,
    entry: built.entry,
    code: built.code,
    layers: [...built.layers, ...own],
    ...(built.interpreter === undefined ? {} : { interpreter: built.interpreter }),
    env,
    limits: context.target === 'local' ? { ...limits, ...localLimits } : limits,
    ...(eventFormat === undefined ? {} : { eventFormat }),
    stream: streamsOn(context.target, settings),
    warmup,
    ...(cold === undefined ? {} : { cold }),
    ...(routes === undefined ? {} : { routes }),
    labels,
    ...(context.canary === undefined || live === undefined ? {} : { canary: context.canary }),
    ...(built.cloud === undefined
      ? {}
      : { cloud: { ...built.cloud, settings: cloudSettings(settings, given) } }),
  });
}

/** The version is there: what changes is how many of the requests it gets. */
async function moveTraffic(place: Place, { name, live, canary }: Wanted): Promise<DeployedVersion> {
  const share = place.component.context.canary;
  const { version } = canary!;
  await place.provider.setTraffic(
    name,
    share === undefined ? { version } : { version: live!.version!, canary: { version, weight: share } },
  );
  return { version, ...(live!.url === undefined ? {} : { url: live!.url }), unchanged: true };
}

function cloudSettings({ cloud, routes }: AppSettings, layers: string[]): object & { layers?: string[] } {
  const { type: _, runtime: __, arch: ___, interpreter: ____, ...settings } = cloud;
  const hosts = Array.isArray(routes) ? routes.flatMap(({ host }) => host ?? []) : [];
  const domains = [...(settings.domains ?? []), ...hosts.map((name) => ({ name }))];
  return {
    ...settings,
    ...(domains.length === 0 ? {} : { domains }),
    ...(layers.length === 0 ? {} : { layers }),
  };
}

/** Those of this project go along as packages; in a cloud there may be others that it has already. */
async function layersOf(
  context: ComponentContext,
  { layers }: AppSettings,
): Promise<{ own: PackageFile[]; given: string[] }> {
  const own: PackageFile[] = [];
  const given: string[] = [];
  for (const layer of layers) {
    if (typeof layer === 'string') {
      given.push(layer);
      continue;
    }
    try {
      own.push(await context.findLayer(layer.name, layer.version));
    } catch (error) {
      const isElsewhere = error instanceof RopewayError && error.code === 'NO_SUCH_LAYER';
      if (context.target === 'local' || !isElsewhere) throw error;
      given.push(`${layer.name}:${layer.version}`);
    }
  }
  return { own, given };
}

/** What a component of an app says of its function. */
export function outputsOf(
  { env, oldOutputs }: AppSettings,
  name: string,
  region: string | undefined,
  { version, url }: DeployedVersion,
): Values {
  return {
    name,
    functionName: name,
    version,
    ...(url === undefined ? {} : { url }),
    ...(region === undefined ? {} : { region }),
    environment: Object.keys(env),
    ...(oldOutputs === undefined ? {} : { [oldOutputs.nameKey]: name, ...oldOutputs.values }),
  };
}
