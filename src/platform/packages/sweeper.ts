import { errorMessage } from '../../lib/errors.ts';
import type { PackageStore } from './store.ts';

export interface Sweeper {
  now(): void;
  /** When whoever still runs with them has had the time to end. */
  soon(): void;
}

/** Seconds on top of the time that versions have to end. */
const MORE_SECONDS = 5;

/** Takes packages away that nobody uses any more. Never throws; what cannot be removed is told. */
export function sweeper(
  packages: PackageStore,
  used: () => Set<string>,
  drainSeconds: number,
  onNotice: (message: string) => void,
): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    timer = undefined;
    packages
      .sweep(used())
      .catch((error: unknown) => onNotice(`packages that nobody uses stay: ${errorMessage(error)}`));
  };
  return {
    now,
    soon: () => {
      packages.noteUsed(used());
      timer ??= setTimeout(now, (drainSeconds + MORE_SECONDS) * 1000).unref();
    },
  };
}
