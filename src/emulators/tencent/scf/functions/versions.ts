import type { FunctionName } from '../../context.ts';
import { TencentError } from '../../service.ts';
import { allVersions, type VersionRecord } from '../books.ts';
import type { Desk } from '../desk.ts';
import { invalid } from '../errors.ts';
import { checkIdle, versionOf, wantedFunction } from '../ledger.ts';
import type { Handlers } from '../models.ts';
import { publish } from '../publish.ts';
import { beijingTime } from '../times.ts';
import { pageOf } from './show.ts';

export function versionActions(
  desk: Desk,
): Handlers<'PublishVersion' | 'ListVersionByFunction' | 'DeleteFunctionVersion'> {
  const { context, ledger, settling } = desk;
  return {
    PublishVersion: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const { runtime, made } = await ledger.change(wanted, (draft) => {
        checkIdle(draft, wanted.name);
        return { runtime: draft.runtime, made: publish(draft, request.Description ?? '', context.now()) };
      });
      settling.begin(wanted);
      const { configuration, code, version } = made;
      return {
        FunctionVersion: version,
        CodeSize: code.bytes,
        MemorySize: configuration.memory,
        Description: configuration.description,
        Handler: configuration.handler,
        Timeout: configuration.timeout,
        Runtime: runtime,
        Namespace: wanted.namespace,
      };
    },
    ListVersionByFunction: (request, call) => {
      const record = ledger.find(wantedFunction(request, call));
      const by = request.OrderBy === 'ModTime' ? 'modTime' : 'addTime';
      const versions = allVersions(record).sort((a, b) => a[by] - b[by] || numberOf(a) - numberOf(b));
      if (request.Order === 'DESC') versions.reverse();
      const { from, to } = pageOf(request);
      const page = versions.slice(from, to);
      return {
        FunctionVersion: page.map(({ version }) => version),
        Versions: page.map(({ version, configuration, addTime, modTime, status }) => ({
          Version: version,
          Description: configuration.description,
          AddTime: beijingTime(addTime),
          ModTime: beijingTime(modTime),
          Status: status,
        })),
        TotalCount: versions.length,
      };
    },
    DeleteFunctionVersion: async (request, call) => {
      await deleteVersion(desk, wantedFunction(request, call), request.Qualifier);
      return {};
    },
  };
}

/** Takes a published version away. Throws ResourceInUse.Alias and ResourceInUse.Trigger while something leads to it. */
export async function deleteVersion(desk: Desk, wanted: FunctionName, version: string): Promise<void> {
  const { ledger, running, zips } = desk;
  await ledger.change(wanted, (draft) => {
    versionOf(draft, version);
    if (version === '$LATEST') throw invalid('Qualifier', '$LATEST can only be deleted with its function.');
    const alias = Object.entries(draft.aliases).find(([, one]) => versionsOfAlias(one).includes(version));
    if (alias !== undefined)
      throw new TencentError(
        'ResourceInUse.Alias',
        `The alias [${alias[0]}] leads to the version [${version}].`,
      );
    const trigger = draft.triggers.find(({ qualifier }) => qualifier === version);
    if (trigger !== undefined)
      throw new TencentError(
        'ResourceInUse.Trigger',
        `The trigger [${trigger.name}] leads to the version [${version}].`,
      );
    draft.versions = draft.versions.filter((one) => one.version !== version);
    delete draft.provisioned[version];
  });
  running.retire(wanted, version);
  zips.sweep();
}

/** All versions to which an alias leads. */
export function versionsOfAlias({
  version,
  weights,
  matches,
}: {
  version: string;
  weights: { Version: string }[];
  matches: { Version: string }[];
}): string[] {
  return [version, ...[...weights, ...matches].map(({ Version }) => Version)];
}

function numberOf({ version }: VersionRecord): number {
  return version === '$LATEST' ? 0 : Number(version);
}
