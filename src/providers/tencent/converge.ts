import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment } from '../types.ts';
import { isThere, tencentCode } from './clients.ts';
import { type Configuration, configurationChanges, type Kind } from './configuration.ts';
import { look, type Seen } from './look.ts';
import { type FunctionId, LATEST } from './names.ts';
import { MOST_IN_CALL, withPackage } from './packages.ts';
import { removeWhole } from './remove-function.ts';
import { tagChanges, tagList, tagsOf, versionLabels } from './tags.ts';
import type { Tencent } from './tencent.ts';
import { descriptionOf, noteOf } from './version-note.ts';
import { untilActive, untilSettled } from './versions.ts';

/**
 * The function as it is, made when it is not there, and made anew when it could not be made, or is of another kind and nothing serves yet. Rejects with
 * RUNTIME_FIXED: SCF changes neither runtime nor type.
 */
export async function bringUp(
  tencent: Tencent,
  id: FunctionId,
  deployment: FunctionDeployment,
  wanted: Configuration,
  kind: Kind,
): Promise<Seen> {
  const seen = await settled(tencent, id);
  tencent.namespaces.set(id.FunctionName, id.Namespace);
  if (seen === undefined) return create(tencent, id, deployment, wanted, kind);
  const { Runtime = '', Type = 'Event', Status } = seen.latest;
  const isOther = Runtime !== kind.Runtime || Type !== kind.Type;
  if (seen.versions.length === 0 && (isOther || Status === 'CreateFailed')) {
    await removeWhole(tencent, id);
    return create(tencent, id, deployment, wanted, kind);
  }
  if (!isOther) return seen;
  throw new RopewayError({
    code: 'RUNTIME_FIXED',
    message: `The function ${id.FunctionName} is another kind of function on SCF, and that never changes.`,
    expected: `${kind.Type}, ${kind.Runtime}`,
    got: `${Type}, ${Runtime}`,
    fix: `give it another \`name\` (the old one goes when the new one serves), or \`ropeway remove\` first: its address and older versions go with it; or keep \`type: ${Type === 'HTTP' ? 'web' : 'event'}\` and \`runtime: ${Runtime}\``,
  });
}

/** Uploads the code when it is another one. Returns what SCF calls it then. */
export async function convergeCode(
  tencent: Tencent,
  seen: Seen,
  { code }: FunctionDeployment,
  { Handler }: Kind,
): Promise<string> {
  const { id, latest, codeSum } = seen;
  const note = noteOf(latest.Description);
  const isSame = codeSum === code.digest || (note?.code === code.digest && note.sum === codeSum);
  if (isSame && latest.Handler === Handler) return codeSum;
  const scf = await tencent.clients.scf();
  await withPackage(tencent, code, MOST_IN_CALL.update, async (place) => {
    await scf.UpdateFunctionCode({ ...id, Handler, ...place });
    await untilActive(tencent, id);
  });
  return (await scf.GetFunctionAddress({ ...id, Qualifier: LATEST })).CodeSha256 ?? '';
}

/** Changes what is otherwise, the description with it: it says of which code and layers all of this is. */
export async function convergeConfiguration(
  tencent: Tencent,
  id: FunctionId,
  wanted: Configuration,
  description: string,
): Promise<void> {
  const scf = await tencent.clients.scf();
  const latest = await untilSettled(tencent, id);
  const changes = {
    ...configurationChanges(latest, wanted),
    ...(latest.Description === description ? {} : { Description: description }),
  };
  if (Object.keys(changes).length > 0) await scf.UpdateFunctionConfiguration({ ...id, ...changes });
  else if (latest.Status === 'Active') return;
  // What failed before is tried again by saying it again.
  else await scf.UpdateFunctionConfiguration({ ...id, Description: description });
  await untilActive(tencent, id);
}

/** Whose it is, and the user's own, over the tag service: SCF itself takes tags only when a function is made. */
export async function ensureTags(
  tencent: Tencent,
  { id, tags }: Seen,
  { labels, cloud }: FunctionDeployment,
): Promise<void> {
  const { add, change, remove } = tagChanges(tags, tagsOf(labels, cloud!.settings.tags));
  if (add.length + change.length + remove.length === 0) return;
  const client = await tencent.clients.tag();
  const resource = {
    ServiceType: 'scf',
    ResourceRegion: tencent.region,
    ResourcePrefix: 'namespace',
    ResourceIds: [`${id.Namespace}/function/${id.FunctionName}`],
  };
  for (const [TagKey, TagValue] of add)
    await client.request('AttachResourcesTag', { ...resource, TagKey, TagValue });
  for (const [TagKey, TagValue] of change)
    await client.request('ModifyResourcesTagValue', { ...resource, TagKey, TagValue });
  for (const TagKey of remove) await client.request('DetachResourcesTag', { ...resource, TagKey });
}

/** Not while something is being done to it. */
async function settled(tencent: Tencent, id: FunctionId): Promise<Seen | undefined> {
  const seen = await look(tencent, id);
  const status = seen?.latest.Status ?? '';
  if (seen === undefined || ['Active', 'CreateFailed', 'UpdateFailed', 'PublishFailed'].includes(status))
    return seen;
  await untilSettled(tencent, id);
  return look(tencent, id);
}

/** Whose it is comes with it in one step; its own layers come later: they belong to a function that is there. */
async function create(
  tencent: Tencent,
  id: FunctionId,
  deployment: FunctionDeployment,
  wanted: Configuration,
  kind: Kind,
): Promise<Seen> {
  const { code, labels, cloud } = deployment;
  const { settings } = cloud!;
  const scf = await tencent.clients.scf();
  const note = { labels: versionLabels(labels), code: code.digest, layers: [], hosts: [] };
  await withPackage(tencent, code, MOST_IN_CALL.create, async (Code) => {
    const request = {
      ...id,
      ...kind,
      ...withoutEmpty(wanted),
      Code,
      Description: descriptionOf(note, settings.description),
      Tags: tagList(tagsOf(labels, settings.tags)),
    };
    try {
      await scf.CreateFunction(request);
    } catch (error) {
      if (tencentCode(error) === 'ResourceNotFound.Namespace') {
        await createNamespace(tencent, id.Namespace);
        await scf.CreateFunction(request);
      }
      // The answer to an earlier try was lost.
      else if (!isThere(error)) throw error;
    }
    await untilActive(tencent, id);
  });
  return (await look(tencent, id))!;
}

async function createNamespace(tencent: Tencent, Namespace: string): Promise<void> {
  const scf = await tencent.clients.scf();
  try {
    await scf.CreateNamespace({ Namespace, Description: 'made by Ropeway' });
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

/** Of a new function: ids that are empty are no ids. */
function withoutEmpty(wanted: Configuration): Partial<Configuration> {
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([key, value]) => value !== '' && (key !== 'VpcConfig' || wanted.VpcConfig.VpcId !== ''),
    ),
  );
}
