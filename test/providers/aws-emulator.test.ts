import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startAwsEmulator } from '../../src/emulators/aws/emulator.ts';
import { testGuests } from '../support/guests.ts';
import { awsCloud } from './aws-cloud.ts';
import type { Cloud } from './contract.ts';
import { describeProvider } from './contract.ts';

const keys = { id: 'AKIDEXAMPLE', secret: 'secret' };

/** Our emulator, which runs functions. */
async function emulator(): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-emulator-'));
  const guests = testGuests();
  const aws = await startAwsEmulator({
    host: '127.0.0.1',
    port: 0,
    folder,
    platform: guests,
    keys,
    onNotice: (message) => void guests.notices.push(message),
  });
  return awsCloud({
    url: () => aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId: keys.id, secretAccessKey: keys.secret },
    close: async () => {
      await aws.close();
      await guests.close(1);
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

describeProvider('aws on the emulator', emulator, {});
