import { RopewayError } from '../../../lib/errors.ts';
import type { LiveFunction } from '../../../providers/types.ts';

/** The version to go back to: the one that is asked for, else the one before the present. Throws NO_OLDER_VERSION, NO_SUCH_VERSION. */
export function versionToServe(live: LiveFunction, asked: string | undefined, alias: string): string {
  const chosen = asked ?? versionBefore(live, alias);
  if (live.versions.some(({ version }) => version === chosen)) return chosen;
  throw noSuchVersion(live, chosen);
}

/** The version that gets a share of the requests. Throws NO_CANARY. */
export function versionToPromote({ canary, version }: LiveFunction, alias: string): string {
  if (canary !== undefined) return canary.version;
  throw new RopewayError({
    code: 'NO_CANARY',
    message: `No version of \`${alias}\` waits for more of the requests.`,
    got: version === undefined ? 'no version serves' : `version ${version} gets them all`,
    fix: 'ropeway deploy --canary 10',
  });
}

function versionBefore(live: LiveFunction, alias: string): string {
  // While a newer one is tried the one before it still serves.
  if (live.canary !== undefined && live.version !== undefined) return live.version;
  const index = live.versions.findIndex(({ version }) => version === live.version);
  const before = live.versions[index - 1];
  if (before !== undefined) return before.version;
  throw new RopewayError({
    code: 'NO_OLDER_VERSION',
    message: `\`${alias}\` has no version before ${live.version ?? 'this one'}.`,
    expected: live.versions.map(({ version }) => version).join(', ') || 'a version',
    fix: 'ropeway info shows the versions that there are',
  });
}

function noSuchVersion(live: LiveFunction, version: string): RopewayError {
  return new RopewayError({
    code: 'NO_SUCH_VERSION',
    message: `Function ${live.name} has no version ${version}.`,
    expected: live.versions.map((one) => one.version).join(', '),
    got: version,
  });
}

export function notDeployed(alias: string): RopewayError {
  return new RopewayError({
    code: 'NOT_DEPLOYED',
    message: `\`${alias}\` is not deployed.`,
    fix: 'ropeway deploy',
  });
}
