import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { deploymentsSchema } from './schema.ts';
import { openTwinFile } from '../../lib/twin-file.ts';
import { type Deployments, NO_DEPLOYMENTS } from './types.ts';

/** What is deployed, on the disk. */
export interface Store {
  /** As it is now. */
  current(): Deployments;
  /** Writes what `change` makes of it, one change after the other; nothing is changed when it throws or cannot be written. */
  change(change: (deployments: Deployments) => Deployments): Promise<Deployments>;
}

/** Values of apps' environments, by function and version: apart from the rest, which is shown and copied freely. */
type Environments = Record<string, Record<string, string>>;

/**
 * Opens the store of a state folder: `deployments.json`, and `environment.json` with the apps' environments, for the
 * owner's eyes only. Throws STATE_BROKEN.
 */
export function openStore(folder: string, onNotice: (message: string) => void): Store {
  const file = openTwinFile(folder, 'deployments', onNotice);
  const secretFile = openTwinFile(folder, 'environment', onNotice);
  const read = (twin: typeof file): unknown => {
    const found = twin.read();
    for (const path of found?.damaged ?? [])
      onNotice(`${path} is missing or damaged; its twin is whole and is used`);
    return found?.value;
  };
  const stored = read(file);
  const environments = read(secretFile) as Environments | undefined;
  let current = stored === undefined ? NO_DEPLOYMENTS : withEnvironments(stored, environments);
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => current,
    change: (change) => {
      const done = last.then(async () => {
        const next = change(current);
        if (next === current) return current;
        // First the environments: those of a version that is not there yet do no harm.
        await secretFile.write(environmentsOf(next));
        await file.write(withoutEnvironments(next));
        current = next;
        return next;
      });
      last = done.catch(() => undefined);
      return done;
    },
  };
}

function mapSpecs(
  deployments: Deployments,
  map: (key: string, env: Record<string, string>) => Record<string, string>,
): Deployments {
  const functions = Object.entries(deployments.functions).map(([name, fn]) => {
    const versions = fn.versions.map((one) => {
      const env = map(`${name}:${one.version}`, one.spec.env);
      return { ...one, spec: { ...one.spec, env } };
    });
    return [name, { ...fn, versions }] as const;
  });
  return { ...deployments, functions: Object.fromEntries(functions) };
}

function withoutEnvironments(deployments: Deployments): Deployments {
  return mapSpecs(deployments, () => ({}));
}

function environmentsOf(deployments: Deployments): Environments {
  const all: Environments = {};
  mapSpecs(deployments, (key, env) => (all[key] = env));
  return all;
}

function withEnvironments(stored: unknown, environments: Environments | undefined): Deployments {
  // An app that starts without its environment does worse than one that does not start.
  if (environments === undefined) {
    throw new RopewayError({
      code: 'STATE_BROKEN',
      fault: 'system',
      message: "The file with the apps' environments is missing.",
      expected: 'environment.json or environment.twin.json beside deployments.json',
      fix: 'bring it back from a backup, or move deployments*.json away and deploy again',
    });
  }
  try {
    return mapSpecs(deploymentsSchema.parse(stored), (key) => environments[key] ?? {});
  } catch (error) {
    throw new RopewayError({
      code: 'STATE_BROKEN',
      fault: 'system',
      message: 'The state holds what this version of Ropeway cannot read.',
      detail: errorMessage(error),
      fix: 'use the version of Ropeway that wrote it, or a newer one',
      cause: error,
    });
  }
}
