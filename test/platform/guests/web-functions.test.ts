import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { webCommand } from '../../../src/platform/guests/web-command.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const SERVER = `
const { createServer } = require('node:http');
const port = Number(process.argv[2]);
createServer((request, response) => response.end(\`\${process.env.WORD} \${request.url} \${__dirname === process.cwd()}\`)).listen(port, '0.0.0.0');
`;
const BOOTSTRAP = '#!/bin/bash\ncd "$(dirname "$0")"\nexec /var/lang/node18/bin/node server.js 9000\n';

describe('web functions as SCF has them', () => {
  let guests: TestGuests;
  beforeAll(() => {
    guests = testGuests();
    guests.keepPackages(() => []);
  });
  afterAll(() => guests.close(0));

  test('run side by side, though each says port 9000 and an interpreter of the cloud', async () => {
    const { digest } = await guests.addPackage(
      await zipOf({ scf_bootstrap: BOOTSTRAP, 'server.js': SERVER }, 0o755),
    );
    const answers = ['one', 'two'].map(async (word) => {
      const code = guests.run({
        name: `tencent.${word}`,
        version: 0,
        code: digest,
        layers: [],
        start: { kind: 'web', file: 'scf_bootstrap', port: 9000 },
        env: { WORD: word },
        limits: { memory: 256, timeout: 5 },
        context: {},
      });
      const { url } = await guests.listen({
        route: () => ({
          kind: 'routed',
          code,
          route: '/*',
          eventFormat: 'tencent-url',
          stage: '',
          stream: false,
        }),
      });
      return (await fetch(`${url}/path`)).text();
    });
    expect(await Promise.all(answers)).toEqual(['one /path true', 'two /path true']);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['is not there', { 'server.js': '' }, 0o755, 'not at the root'],
    ['may not be run', { scf_bootstrap: BOOTSTRAP }, 0o644, 'permission denied'],
    ['has line ends of Windows', { scf_bootstrap: '#!/bin/bash\r\nexec true\r\n' }, 0o755, 'bad interpreter'],
  ])('a bootstrap that %s is refused in the cloud’s words', async (_, files, mode, words) => {
    const { folder } = await guests.addPackage(await zipOf(files, mode));
    expect(() => webCommand(folder, 'scf_bootstrap', 9000)).toThrow(
      expect.objectContaining({ code: 'WEB_BOOTSTRAP', message: expect.stringContaining(words) }),
    );
  });
});
