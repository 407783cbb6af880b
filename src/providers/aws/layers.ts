import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import type { PackageFile } from '../types.ts';
import { gone } from './clients.ts';
import type { Aws } from './aws.ts';
import { layerName } from './names.ts';
import { placePackage } from './packages.ts';

/** As many layers as a function may have. */
const MOST_LAYERS = 5;
/** In the description of a layer's version, by which it is found again. */
const NOTE = 'ropeway sha256:';

/** ARNs of a function's packages of layers, published where they are not there yet. */
export async function ensureLayers(
  aws: Aws,
  functionName: string,
  layers: PackageFile[],
  arch: 'x64' | 'arm64',
): Promise<string[]> {
  const arns: string[] = [];
  for (const [place, layer] of layers.entries()) {
    const there = await versionsOf(aws, layerName(functionName, place));
    const same = there.find(({ digest }) => digest === layer.digest);
    arns.push(same?.arn ?? (await publish(aws, layerName(functionName, place), layer, arch)));
  }
  return arns;
}

/** Removes versions of a function's layers that none of its versions uses; without versions all of them. */
export async function pruneLayers(
  aws: Aws,
  functionName: string,
  versions: readonly FunctionConfiguration[],
): Promise<void> {
  const used = new Set(versions.flatMap(({ Layers = [] }) => Layers.map(({ Arn }) => Arn)));
  const lambda = await aws.clients.lambda();
  for (let place = 0; place < MOST_LAYERS; place += 1) {
    const LayerName = layerName(functionName, place);
    for (const { arn, number } of await versionsOf(aws, LayerName)) {
      if (!used.has(arn)) await gone(lambda.deleteLayerVersion({ LayerName, VersionNumber: number }));
    }
  }
}

interface LayerVersion {
  arn: string;
  number: number;
  /** Absent: it is none of ours. */
  digest?: string;
}

/** Newest first. */
async function versionsOf(aws: Aws, LayerName: string): Promise<LayerVersion[]> {
  const lambda = await aws.clients.lambda();
  const found: LayerVersion[] = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.listLayerVersions({ LayerName, ...(Marker === undefined ? {} : { Marker }) });
    for (const { LayerVersionArn, Version, Description = '' } of page.LayerVersions ?? []) {
      const [, digest] = Description.startsWith(NOTE) ? Description.split(':') : [];
      if (digest !== undefined) found.push({ arn: LayerVersionArn!, number: Version!, digest });
    }
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return found;
}

async function publish(
  aws: Aws,
  LayerName: string,
  layer: PackageFile,
  arch: 'x64' | 'arm64',
): Promise<string> {
  const lambda = await aws.clients.lambda();
  const { LayerVersionArn } = await lambda.publishLayerVersion({
    LayerName,
    Description: NOTE + layer.digest,
    Content: await placePackage(aws, layer),
    CompatibleArchitectures: [arch === 'arm64' ? 'arm64' : 'x86_64'],
  });
  return LayerVersionArn!;
}
