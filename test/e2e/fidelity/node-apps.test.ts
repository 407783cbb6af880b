import { nodeApp } from '../../support/node-apps.ts';
import { expressExchanges } from './express-sessions.ts';
import { koaExchanges } from './koa-multipart.ts';
import { express4Exchanges, fastifyExchanges, honoExchanges } from './small-node-apps.ts';
import { startPlain, startPlatform } from './support/servers.ts';
import { fidelitySuite } from './support/suite.ts';
import type { Exchange } from './support/types.ts';

const apps: [folder: string, title: string, exchanges: Exchange[]][] = [
  ['express-sessions', 'Express 5 with sessions, uploads and downloads', expressExchanges],
  ['koa-multipart', 'Koa 3 with multipart, signed cookies and static files', koaExchanges],
  ['express4', 'Express 4', express4Exchanges],
  ['fastify', 'Fastify', fastifyExchanges],
  ['hono', 'Hono', honoExchanges],
];

for (const [folder, title, exchanges] of apps) {
  fidelitySuite(title, {
    exchanges,
    plain: async () => startPlain(process.execPath, ['app.js'], { cwd: await nodeApp(folder) }),
    platform: async () => startPlatform([], { cwd: await nodeApp(folder) }),
  });
}
