import { RopewayError } from '../../lib/errors.ts';
import { pollUntil } from '../polling.ts';
import type { Labels, PackageFile } from '../types.ts';
import { type Answer, gone, isLost, orUndefined, tencentCode } from './clients.ts';
import type { Layer } from './configuration.ts';
import { type FunctionId, layerName, layerPrefix } from './names.ts';
import { MOST_IN_CALL, withPackage } from './packages.ts';
import { allPages } from './pages.ts';
import { labelsOfTags, tagList, tagRecord, tagsOf } from './tags.ts';
import type { Tencent } from './tencent.ts';

/** In the description of a layer's version, by which it is found again. */
const NOTE = 'ropeway sha256 ';
const READY_MS = 5 * 60_000;

type LayerVersion = NonNullable<Answer<'ListLayerVersions'>['LayerVersions']>[number];

/** A function's packages of layers, published where they are not there yet. Rejects with CLOUD_REFUSED, CLOUD_TOO_SLOW. */
export async function ensureLayers(
  tencent: Tencent,
  id: FunctionId,
  packages: PackageFile[],
  { runtime, labels }: { runtime: string; labels: Labels },
): Promise<Layer[]> {
  const layers: Layer[] = [];
  for (const [place, layer] of packages.entries()) {
    const LayerName = layerName(id, place);
    const find = async (): Promise<LayerVersion | undefined> =>
      (await versionsOf(tencent, LayerName)).find(
        (one) => digestOf(one) === layer.digest && one.Status !== 'PublishFailed',
      );
    let LayerVersion = (await find())?.LayerVersion;
    for (let tried = 1; LayerVersion === undefined; tried += 1) {
      try {
        LayerVersion = await publish(tencent, LayerName, layer, { runtime, labels });
      } catch (error) {
        if (!isLost(error) || tried === TRIES) throw error;
        LayerVersion = (await find())?.LayerVersion;
      }
    }
    await untilActive(tencent, { LayerName, LayerVersion });
    layers.push({ LayerName, LayerVersion });
  }
  return layers;
}

/** How often to publish what nobody knows about whether it was published. */
const TRIES = 4;

/** As a version's note has it. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 16);
}

/** Removes versions of a function's layers that nothing of these (`shortDigest`s) names. False when there were none. */
export async function pruneLayers(
  tencent: Tencent,
  id: FunctionId,
  used: ReadonlySet<string>,
): Promise<boolean> {
  const scf = await tencent.clients.scf();
  let isAny = false;
  for (const { LayerName = '' } of await layersOf(tencent, id)) {
    for (const version of await versionsOf(tencent, LayerName)) {
      const digest = digestOf(version);
      if (digest === undefined || used.has(shortDigest(digest))) continue;
      isAny = true;
      try {
        await gone(scf.DeleteLayerVersion({ LayerName, LayerVersion: version.LayerVersion! }));
      } catch (error) {
        // A function that has just gone may still be said to use it, and so may one that others made.
        if (tencentCode(error) !== 'ResourceInUse.LayerVersion') throw error;
        tencent.note(`layer ${LayerName}:${version.LayerVersion} stays: something uses it`);
      }
    }
  }
  return isAny;
}

/** Whose a function's layers are; undefined: it has none. */
export async function layerLabels(tencent: Tencent, id: FunctionId): Promise<Labels | undefined> {
  const [first] = await layersOf(tencent, id);
  return first && labelsOfTags(tagRecord(first.Tags));
}

/** The newest version of each. */
async function layersOf(tencent: Tencent, id: FunctionId): Promise<LayerVersion[]> {
  const scf = await tencent.clients.scf();
  const prefix = layerPrefix(id);
  const found = await allPages(async (page) => {
    const { Layers, TotalCount } = await scf.ListLayers({ SearchKey: prefix, ...page });
    return { items: Layers, total: TotalCount };
  });
  return found.filter(({ LayerName = '' }) => new RegExp(`^${prefix}-\\d$`).test(LayerName));
}

async function versionsOf(tencent: Tencent, LayerName: string): Promise<LayerVersion[]> {
  const scf = await tencent.clients.scf();
  return (await orUndefined(scf.ListLayerVersions({ LayerName })))?.LayerVersions ?? [];
}

async function publish(
  tencent: Tencent,
  LayerName: string,
  layer: PackageFile,
  { runtime, labels }: { runtime: string; labels: Labels },
): Promise<number> {
  const scf = await tencent.clients.scf();
  return withPackage(tencent, layer, MOST_IN_CALL.layer, async (Content) => {
    const { LayerVersion } = await scf.PublishLayerVersion({
      LayerName,
      Content,
      CompatibleRuntimes: [runtime],
      Description: NOTE + layer.digest,
      Tags: tagList(tagsOf(labels)),
    });
    await untilActive(tencent, { LayerName, LayerVersion: LayerVersion! });
    return LayerVersion!;
  });
}

async function untilActive(tencent: Tencent, layer: Layer): Promise<void> {
  const scf = await tencent.clients.scf();
  const what = `layer ${layer.LayerName}:${layer.LayerVersion}`;
  await pollUntil(
    async () => {
      const { Status } = await scf.GetLayerVersion(layer);
      if (Status !== 'PublishFailed') return Status === 'Active' ? true : undefined;
      throw new RopewayError({
        code: 'CLOUD_REFUSED',
        message: `SCF could not make ${what}.`,
        fix: 'see if its zip is whole, and not larger than 500 MB unpacked',
      });
    },
    {
      signal: tencent.signal,
      withinMs: READY_MS,
      tooLate: () =>
        new RopewayError({
          code: 'CLOUD_TOO_SLOW',
          message: `SCF is still not done with ${what} after ${READY_MS / 60_000} minutes.`,
          fault: 'system',
          fix: 'ropeway deploy goes on where this ended',
        }),
    },
  );
}

/** Undefined: it is none of ours. */
function digestOf({ Description }: LayerVersion): string | undefined {
  return Description?.startsWith(NOTE) === true ? Description.slice(NOTE.length) : undefined;
}
