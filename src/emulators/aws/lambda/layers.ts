import type { LayerVersion } from './books.ts';
import { type Desk, json, type LambdaCall, nothing, notFound, type Operation, page } from './desk.ts';
import { readCode, settle } from './functions.ts';
import { layerArn, layerName, stamp } from './names.ts';

export const publishLayer: Operation = async (desk, call) => {
  const { input, region } = call;
  const name = layerName(call.values['layer']!);
  const code = await readCode(desk, (input['Content'] as Record<string, unknown> | undefined) ?? {});
  const key = `${region}/${name}`;
  const made = await desk.store.change((books) => {
    const { next = 1, versions = [] } = books.layers[key] ?? {};
    const version: LayerVersion = {
      version: next,
      code,
      description: String(input['Description'] ?? ''),
      createdAt: stamp(desk.context.now()),
      runtimes: (input['CompatibleRuntimes'] as string[] | undefined) ?? [],
      architectures: (input['CompatibleArchitectures'] as string[] | undefined) ?? [],
      license: String(input['LicenseInfo'] ?? ''),
    };
    const layer = { next: next + 1, versions: [...versions, version] };
    return { value: { ...books, layers: { ...books.layers, [key]: layer } }, result: version };
  });
  return json(201, shownWhole(desk, region, name, made));
};

export const getLayer: Operation = (desk, call) => {
  const name = layerName(call.values['layer']!);
  return json(
    200,
    shownWhole(desk, call.region, name, find(desk, call, name, Number(call.values['number']))),
  );
};

export const getLayerByArn: Operation = (desk, call) => {
  const arn = call.parameters.get('Arn') ?? '';
  const name = layerName(arn);
  return json(200, shownWhole(desk, call.region, name, find(desk, call, name, Number(arn.split(':')[7]))));
};

export const listLayerVersions: Operation = (desk, call) => {
  const name = layerName(call.values['layer']!);
  const versions = versionsOf(desk, call.region, name).toReversed();
  const { items, more } = page(versions, call.parameters, 'NextMarker');
  return json(200, { LayerVersions: items.map((one) => shown(call.region, name, one)), ...more });
};

export const listLayers: Operation = (desk, { region, parameters }) => {
  const all = Object.entries(desk.store.current().layers).filter(
    ([key, { versions }]) => key.startsWith(`${region}/`) && versions.length > 0,
  );
  const { items, more } = page(all, parameters, 'NextMarker');
  const layers = items.map(([key, { versions }]) => {
    const name = key.slice(region.length + 1);
    return {
      LayerName: name,
      LayerArn: layerArn(region, name),
      LatestMatchingVersion: shown(region, name, versions.at(-1)!),
    };
  });
  return json(200, { Layers: layers, ...more });
};

/** What functions have of it stays theirs in the cloud; here a function whose layer is gone runs without it, which is told. */
export const deleteLayer: Operation = async (desk, call) => {
  const name = layerName(call.values['layer']!);
  const key = `${call.region}/${name}`;
  await desk.store.change((books) => {
    const layer = books.layers[key];
    if (layer === undefined) return { value: books, result: undefined };
    const versions = layer.versions.filter(({ version }) => version !== Number(call.values['number']));
    return {
      value: { ...books, layers: { ...books.layers, [key]: { ...layer, versions } } },
      result: undefined,
    };
  });
  await settle(desk);
  return nothing();
};

function versionsOf({ store }: Desk, region: string, name: string): LayerVersion[] {
  return store.current().layers[`${region}/${name}`]?.versions ?? [];
}

function find(desk: Desk, { region }: LambdaCall, name: string, number: number): LayerVersion {
  const found = versionsOf(desk, region, name).find(({ version }) => version === number);
  if (found === undefined) throw notFound('The resource you requested does not exist.');
  return found;
}

function shown(
  region: string,
  name: string,
  { version, description, createdAt, runtimes, architectures, license }: LayerVersion,
): Record<string, unknown> {
  return {
    LayerVersionArn: layerArn(region, name, version),
    Version: version,
    Description: description,
    CreatedDate: createdAt,
    ...(runtimes.length === 0 ? {} : { CompatibleRuntimes: runtimes }),
    ...(architectures.length === 0 ? {} : { CompatibleArchitectures: architectures }),
    ...(license === '' ? {} : { LicenseInfo: license }),
  };
}

function shownWhole(
  { context }: Desk,
  region: string,
  name: string,
  layer: LayerVersion,
): Record<string, unknown> {
  const { digest, bytes } = layer.code;
  return {
    Content: {
      Location: `${context.baseUrl()}/_code/${digest}.zip`,
      CodeSha256: Buffer.from(digest, 'hex').toString('base64'),
      CodeSize: bytes,
    },
    LayerArn: layerArn(region, name),
    ...shown(region, name, layer),
  };
}
