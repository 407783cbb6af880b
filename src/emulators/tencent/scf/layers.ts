import type { LayerVersionRecord } from './books.ts';
import { CODE_LIMITS, takeCode } from './code-source.ts';
import { tagList, tagsOf } from './configuration.ts';
import type { Desk } from './desk.ts';
import { invalid, notFound } from './errors.ts';
import { pageOf } from './functions/show.ts';
import type { Handlers, Response } from './models.ts';
import { checkCompatible } from './runtimes.ts';
import { beijingTime } from './times.ts';

export function layerActions(
  desk: Desk,
): Handlers<
  'PublishLayerVersion' | 'GetLayerVersion' | 'ListLayers' | 'ListLayerVersions' | 'DeleteLayerVersion'
> {
  const { context, ledger, settling, zips } = desk;
  const versionsOf = (region: string, name: string): LayerVersionRecord[] => {
    const { layers } = ledger.region(region);
    const { versions } = (Object.hasOwn(layers, name) ? layers[name] : undefined) ?? { versions: [] };
    if (versions.length === 0) throw notFound('Layer', name);
    return versions;
  };
  const versionOf = (region: string, name: string, version: number): LayerVersionRecord => {
    const { layers } = ledger.region(region);
    const layer = Object.hasOwn(layers, name) ? layers[name] : undefined;
    const found = layer?.versions.find((one) => one.version === version);
    if (found === undefined) throw notFound('LayerVersion', `${name}:${version}`);
    return found;
  };
  return {
    PublishLayerVersion: async (request, { region }) => {
      const { LayerName: name, CompatibleRuntimes: runtimes } = request;
      if (!/^[A-Za-z](?:[\w-]{0,62}[A-Za-z0-9])?$/.test(name))
        throw invalid(
          'LayerName',
          `The name [${name}] is not valid: 1 to 64 letters, digits, - and _, a letter first, a letter or digit last.`,
        );
      checkCompatible(runtimes);
      const code = await takeCode(desk, request.Content, CODE_LIMITS.layer);
      const version = await ledger.changeRegion(region, ({ layers }) => {
        const layer = (layers[name] ??= { versions: [], nextVersion: 1 });
        layer.versions.push({
          version: layer.nextVersion,
          code,
          runtimes,
          description: request.Description ?? '',
          license: request.LicenseInfo ?? '',
          tags: tagsOf(request.Tags),
          addTime: context.now(),
          status: 'Publishing',
        });
        layer.nextVersion += 1;
        return layer.nextVersion - 1;
      });
      settling.beginLayer(region, name, version);
      return { LayerVersion: version };
    },
    GetLayerVersion: ({ LayerName: name, LayerVersion: version }, { region }) => {
      const found = versionOf(region, name, version);
      const { Stamp: _stamp, Tags: _tags, ...rest } = shownLayer(name, found);
      return { ...rest, CodeSha256: found.code.digest, Location: desk.downloadUrl(found.code.digest) };
    },
    ListLayers: (request, { region }) => {
      const { CompatibleRuntime: runtime, SearchKey: search = '' } = request;
      const newest = Object.entries(ledger.region(region).layers)
        .map(([name, { versions }]) => ({ name, version: versions.at(-1) }))
        .filter(({ name, version }) => version !== undefined && name.includes(search))
        .filter(({ version }) => runtime === undefined || version!.runtimes.includes(runtime));
      const { from, to } = pageOf(request);
      return {
        Layers: newest.slice(from, to).map(({ name, version }) => shownLayer(name, version!)),
        TotalCount: newest.length,
      };
    },
    ListLayerVersions: ({ LayerName: name, CompatibleRuntime: runtimes = [] }, { region }) => ({
      LayerVersions: versionsOf(region, name)
        .filter((one) => runtimes.length === 0 || runtimes.some((runtime) => one.runtimes.includes(runtime)))
        .map((one) => shownLayer(name, one)),
    }),
    DeleteLayerVersion: async ({ LayerName: name, LayerVersion: version }, { region }) => {
      versionOf(region, name, version);
      await ledger.changeRegion(region, ({ layers }) => {
        const layer = layers[name]!;
        // Its numbers are never used again, so what is left of it stays in the books.
        layer.versions = layer.versions.filter((one) => one.version !== version);
      });
      zips.sweep();
      return {};
    },
  };
}

function shownLayer(
  name: string,
  layer: LayerVersionRecord,
): Required<NonNullable<Response<'ListLayers'>['Layers']>[number]> {
  return {
    LayerName: name,
    LayerVersion: layer.version,
    CompatibleRuntimes: layer.runtimes,
    Description: layer.description,
    LicenseInfo: layer.license,
    AddTime: beijingTime(layer.addTime),
    Status: layer.status,
    Stamp: 'default',
    Tags: tagList(layer.tags),
  };
}
