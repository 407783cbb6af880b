import type { Labels, LiveFunction, LiveVersion } from '../types.ts';
import { routeText } from '../route-text.ts';
import { canaryOf, servingVersion } from './alias.ts';
import type { Answer } from './clients.ts';
import { environmentOf, observedConfiguration, unpublishedDifferences } from './configuration.ts';
import { urlOf, urlText, urlTrigger } from './function-url.ts';
import { layerLabels } from './layers.ts';
import { locate, look, type Seen, type Version } from './look.ts';
import { DEFAULT_NAMESPACE, LATEST } from './names.ts';
import { labelsOfTags } from './tags.ts';
import type { Tencent } from './tencent.ts';
import { parseBeijing } from './times.ts';
import { noteOf } from './version-note.ts';

/** What is there of a function, or of what was left of it when a removal was cut off. */
export async function findFunction(tencent: Tencent, name: string): Promise<LiveFunction | undefined> {
  const id = await locate(tencent, name);
  const seen = id && (await look(tencent, id));
  if (seen === undefined) return leftOver(tencent, name);
  const owner = labelsOfTags(seen.tags);
  const version = servingVersion(seen.alias);
  const canary = canaryOf(seen.alias);
  const url = urlOf(urlTrigger(seen.triggers));
  const { latest, versions, endpoints } = seen;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    versions:
      versions.length === 0
        ? // Whose it is has to be seen before anything is published.
          [
            liveVersion(
              { Version: LATEST, AddTime: latest.AddTime ?? '', Description: latest.Description ?? '' },
              owner,
            ),
          ]
        : versions.map((one) => liveVersion(one, owner)),
    ...(url === undefined ? {} : { url }),
    routes: [...(url === undefined ? [] : ['/*']), ...endpoints.map(routeText)],
    ...(canary === undefined ? {} : { canary }),
    ...(version === undefined ? {} : await observed(tencent, seen, version)),
  };
}

async function leftOver(tencent: Tencent, FunctionName: string): Promise<LiveFunction | undefined> {
  const labels = await layerLabels(tencent, { FunctionName, Namespace: DEFAULT_NAMESPACE });
  if (labels === undefined) return undefined;
  return {
    name: FunctionName,
    versions: [{ version: LATEST, createdAt: new Date(0).toISOString(), labels }],
    routes: [],
  };
}

function liveVersion({ Version: version, AddTime, Description }: Version, owner: Labels): LiveVersion {
  const note = noteOf(Description);
  return {
    version,
    createdAt: new Date(parseBeijing(AddTime)).toISOString(),
    labels: Object.keys(owner).length === 0 ? {} : { ...owner, ...note?.labels },
    ...(note?.code === undefined ? {} : { code: note.code }),
  };
}

async function observed(
  tencent: Tencent,
  seen: Seen,
  version: string,
): Promise<Pick<LiveFunction, 'observed' | 'observedEnv'>> {
  const scf = await tencent.clients.scf();
  const at = { ...seen.id, Qualifier: version };
  const [serving, code]: [Answer<'GetFunction'>, Answer<'GetFunctionAddress'>] = await Promise.all([
    scf.GetFunction(at),
    scf.GetFunctionAddress(at),
  ]);
  const sum = code.CodeSha256 ?? '';
  const unpublished = [
    ...unpublishedDifferences(seen.latest, serving),
    ...(seen.codeSum === sum ? [] : ['code']),
  ];
  return {
    observed: {
      ...observedConfiguration(serving),
      code: sum,
      unpublished: unpublished.join(' ') || 'nothing',
      url: urlText(urlTrigger(seen.triggers)),
      // Those of domains come and go with gateways.
      reserved: seen.reserved === undefined ? 'none' : `${seen.reserved} MB`,
      ready: seen.provisioned
        .filter(({ AllocatedProvisionedConcurrencyNum: count = 0 }) => count > 0)
        .map((one) => `${one.Qualifier}: ${one.AllocatedProvisionedConcurrencyNum}`)
        .join(', '),
      tags: JSON.stringify(Object.entries(seen.tags).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    observedEnv: environmentOf(serving),
  };
}
