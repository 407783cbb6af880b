import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { scf } from 'tencentcloud-sdk-nodejs-scf';

import { startTencentEmulator } from '../../../src/emulators/tencent/emulator.ts';
import type { Emulator, Keys } from '../../../src/emulators/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';

export const KEYS: Keys = { id: 'AKIDtestemulator0001', secret: 'test+emulator/secret=key' };
export const REGION = 'ap-guangzhou';

export interface TestEmulator extends Emulator {
  guests: TestGuests;
  /** Its own folder. */
  folder: string;
  /** What it told the operator. */
  notices: string[];
  /** Ends it as if the power went, and starts another one on the same folder. */
  restart(): Promise<TestEmulator>;
}

export interface TestEmulatorOptions {
  folder?: string;
  now?(): number;
  /** Keeps what is on the disk when it is closed. */
  keepsFolder?: boolean;
}

/** The emulator in front of a real platform, in a folder of its own. Close it. */
export async function startTestEmulator(options: TestEmulatorOptions = {}): Promise<TestEmulator> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'ropeway-tencent-'));
  const guests = testGuests(join(folder, 'platform'));
  const notices: string[] = [];
  const emulator = await startTencentEmulator({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder, 'state'),
    platform: guests,
    keys: KEYS,
    onNotice: (message) => void notices.push(message),
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const stop = async (): Promise<void> => {
    await emulator.close();
    await guests.close(1);
  };
  return {
    ...emulator,
    guests,
    folder,
    notices,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
    restart: async () => {
      await stop();
      return startTestEmulator({ ...options, folder });
    },
  };
}

export type ScfClient = InstanceType<typeof scf.v20180416.Client>;

/** The cloud's own client, which ends up at the emulator. */
export function scfClient(emulator: Pick<Emulator, 'url'>, region = REGION): ScfClient {
  return new scf.v20180416.Client({
    credential: { secretId: KEYS.id, secretKey: KEYS.secret },
    region,
    profile: { httpProfile: { protocol: 'http://', endpoint: emulator.url.replace('http://', '') } },
  });
}

/** The code of the error that a call ends with; throws when it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  throw new Error('the call was expected to be refused');
}

/** Asks until the function is on its way no more; its status. */
export async function settled(client: ScfClient, name: string, qualifier = '$LATEST'): Promise<string> {
  for (;;) {
    const { Status: status = '' } = await client.GetFunction({ FunctionName: name, Qualifier: qualifier });
    if (!['Creating', 'Updating', 'Publishing'].includes(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
