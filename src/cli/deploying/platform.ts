import { fileURLToPath } from 'node:url';

import { controlSocket, serveStateFolder } from '../../lib/state-folder.ts';
import { ensurePlatform, stopIfIdle } from '../../providers/local/background.ts';
import { controlClient } from '../../providers/local/control-client.ts';
import { localProvider } from '../../providers/local/provider.ts';
import type { Provider } from '../../providers/types.ts';
import { openCloud } from './clouds.ts';
import type { OpenProject } from './project.ts';

export interface OpenTarget {
  /** Of a region; without one, and on this machine, the default one. Throws REGION_MISSING. */
  providerFor(region: string | undefined): Provider;
  /** Ends what was started for this, if nothing needs it. Returns what it did, for people. */
  close(): Promise<string | undefined>;
}

export interface TargetOptions {
  project: Pick<OpenProject, 'target' | 'env' | 'name'>;
  /** State folder of the local platform. */
  platform: string | undefined;
  signal: AbortSignal;
  onNotice(message: string): void;
}

/** Opens where functions go to; a local platform is started in the background when there is none, and that is told. Rejects with PLATFORM_NOT_STARTED. */
export async function openTarget({
  project,
  platform,
  signal,
  onNotice,
}: TargetOptions): Promise<OpenTarget> {
  const { target, env, name } = project;
  if (target === 'local') return openPlatform(platform, signal, onNotice);
  return {
    providerFor: await openCloud({ target, env, project: name, signal, onNotice }),
    close: () => Promise.resolve(undefined),
  };
}

async function openPlatform(
  platform: string | undefined,
  signal: AbortSignal,
  onNotice: (message: string) => void,
): Promise<OpenTarget> {
  const state = serveStateFolder(platform);
  const { started } = await ensurePlatform({
    state,
    command: [process.execPath, fileURLToPath(new URL('../main.js', import.meta.url))],
    signal,
  });
  if (started)
    onNotice(`no platform was running: one was started in the background (ropeway serve, state in ${state})`);
  const provider = localProvider(controlClient(controlSocket(state), signal));
  return {
    providerFor: () => provider,
    close: async () =>
      // One that does not answer any more needs no stopping, and what was to be said has been.
      (await stopIfIdle(state).catch(() => false))
        ? 'nothing is deployed any more: the platform in the background was stopped'
        : undefined,
  };
}
