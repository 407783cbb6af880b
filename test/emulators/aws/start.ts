import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startAwsEmulator } from '../../../src/emulators/aws/emulator.ts';
import type { Emulator, Keys } from '../../../src/emulators/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';

export const KEYS: Keys = { id: 'AKIDTESTEMULATOR0001', secret: 'test+emulator/secret=key' };
export const REGION = 'us-east-1';

export interface TestEmulator extends Emulator {
  guests: TestGuests;
  /** Its own folder. */
  folder: string;
  /** What it told the operator. */
  notices: string[];
  /** What an SDK's client is made with. */
  client: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Ends it and starts another one on the same folder. */
  restart(): Promise<TestEmulator>;
}

export interface TestEmulatorOptions {
  folder?: string;
  port?: number;
  now?(): number;
}

/** The emulator in front of a real platform, in a folder of its own. Close it. */
export async function startTestEmulator(options: TestEmulatorOptions = {}): Promise<TestEmulator> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'ropeway-aws-'));
  const guests = testGuests(join(folder, 'platform'));
  const notices: string[] = [];
  const emulator = await startAwsEmulator({
    host: '127.0.0.1',
    port: options.port ?? 0,
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
    client: {
      region: REGION,
      endpoint: emulator.url,
      credentials: { accessKeyId: KEYS.id, secretAccessKey: KEYS.secret },
    },
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
