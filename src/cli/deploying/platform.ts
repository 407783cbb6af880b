import { fileURLToPath } from 'node:url';

import { controlSocket, serveStateFolder } from '../../lib/state-folder.ts';
import { ensurePlatform, stopIfIdle } from '../../providers/local/background.ts';
import { controlClient } from '../../providers/local/control-client.ts';
import { localProvider } from '../../providers/local/provider.ts';
import { RopewayError } from '../../lib/errors.ts';
import type { Provider } from '../../providers/types.ts';

export interface OpenTarget {
  provider: Provider;
  /** Of another region; the same one where there are none. */
  providerFor(region: string | undefined): Provider;
  /** Ends what was started for this, if nothing needs it. Returns what it did, for people. */
  close(): Promise<string | undefined>;
}

export interface TargetOptions {
  target: 'local' | 'tencent' | 'aws';
  /** State folder of the local platform. */
  platform: string | undefined;
  signal: AbortSignal;
  onNotice(message: string): void;
}

/** Opens where functions go to; a local platform is started in the background when there is none, and that is told. Throws NOT_YET, PLATFORM_NOT_STARTED. */
export async function openTarget({ target, platform, signal, onNotice }: TargetOptions): Promise<OpenTarget> {
  if (target !== 'local') {
    throw new RopewayError({
      code: 'NOT_YET',
      message: `Deploying to ${target} is not there yet.`,
      expected: '--target local',
      got: `--target ${target}`,
    });
  }
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
    provider,
    providerFor: () => provider,
    close: async () =>
      // One that does not answer any more needs no stopping, and what was to be said has been.
      (await stopIfIdle(state).catch(() => false))
        ? 'nothing is deployed any more: the platform in the background was stopped'
        : undefined,
  };
}
