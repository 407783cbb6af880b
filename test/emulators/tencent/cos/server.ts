import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ApiServer, startApiServer } from '../../../../src/emulators/server.ts';
import { openStore } from '../../../../src/emulators/store.ts';
import type { FaultTaker, Peers, TencentContext } from '../../../../src/emulators/tencent/context.ts';
import { openCos } from '../../../../src/emulators/tencent/cos/cos.ts';
import type { EmulatedPlatform } from '../../../../src/emulators/types.ts';

export const KEYS = { id: 'AKIDlocalcos000000001', secret: 'local+cos/secret=key' };

export interface CosServer {
  url: string;
  port: number;
  folder: string;
  peers: Peers;
  notices: string[];
  /** Milliseconds that the server's clock is ahead. */
  clock: { ahead: number };
  takeFault: { now: FaultTaker };
  /** Ends it and starts it again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** COS alone, on a port of its own. */
export async function startCos(): Promise<CosServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-cos-'));
  const notices: string[] = [];
  const clock = { ahead: 0 };
  const takeFault = { now: (() => undefined) as FaultTaker };
  let server: ApiServer;
  let service: Awaited<ReturnType<typeof openCos>>;
  const peers: Peers = {};

  async function start(port: number): Promise<void> {
    const onNotice = (message: string): void => void notices.push(message);
    const context: TencentContext = {
      folder,
      // COS asks nothing of it.
      platform: {} as EmulatedPlatform,
      keys: KEYS,
      host: '127.0.0.1',
      now: () => Date.now() + clock.ahead,
      onNotice,
      baseUrl: () => server.url,
      openStore: (name, empty) => openStore({ folder, name, empty, onNotice }),
      peers,
      takeFault: (operation) => takeFault.now(operation),
    };
    service = await openCos(context);
    server = await startApiServer({
      host: '127.0.0.1',
      port,
      mostBytes: 64 * 1024 * 1024,
      answer: async (call) =>
        service.takes(call) ? service.handle(call) : { status: 421, headers: {}, body: 'not for COS' },
      tooLarge: () => ({ status: 413, headers: {}, body: '' }),
      onNotice,
      forPort: String,
    });
  }

  async function stop(): Promise<void> {
    await server.close();
    await service.close?.();
  }

  await start(0);
  return {
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
    folder,
    peers,
    notices,
    clock,
    takeFault,
    restart: async () => {
      const { port } = server;
      await stop();
      await start(port);
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
