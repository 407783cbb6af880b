import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startAwsEmulator } from '../../src/emulators/aws/emulator.ts';
import { testGuests } from '../support/guests.ts';
import { startMoto } from '../support/moto.ts';
import { awsCloud } from './aws-cloud.ts';
import type { Cloud } from './contract.ts';
import { describeProvider } from './contract.ts';

const keys = { id: 'AKIDEXAMPLE', secret: 'secret' };

/** Our emulator, which runs functions. */
async function emulator(): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-emulator-'));
  const guests = testGuests();
  const [aws, moto] = await Promise.all([
    startAwsEmulator({
      host: '127.0.0.1',
      port: 0,
      folder,
      platform: guests,
      keys,
      onNotice: (message) => void guests.notices.push(message),
    }),
    startMoto(),
  ]);
  return awsCloud({
    url: (service) => (service === 'lambda' ? aws.url : moto.url),
    region: 'us-east-1',
    credentials: { accessKeyId: keys.id, secretAccessKey: keys.secret },
    close: async () => {
      await aws.close();
      await guests.close(1);
      await moto.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

const MOTO = 'moto stands in for this service';

describeProvider('aws on the emulator', emulator, {
  'what a function printed is told, once, and new lines as they come': MOTO,
  'requests reach a function through a gateway': MOTO,
  'the files of a site are served, with what is not there': MOTO,
  "a site's deployment and removal that are cut off after any call are finished by the next": MOTO,
});
