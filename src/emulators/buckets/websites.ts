import { RopewayError } from '../../lib/errors.ts';
import { type ApiAnswer, type ApiCall, type ApiServer, startApiServer } from '../server.ts';
import type { Buckets, Kept } from './buckets.ts';

/** The websites of buckets, each at a port of its own: the names that the clouds give them lead nowhere without DNS. */
export interface Websites {
  /** Starts those that are new, ends those that are gone. */
  update(): Promise<void>;
  /** `http://127.0.0.1:40123`; undefined: it has none. */
  url(bucket: string): string | undefined;
  /** `x-ropeway-website`, for a client that wants to know. */
  headers(bucket: string): Record<string, string>;
  close(): Promise<void>;
}

export interface WebsitesOptions<Of extends Kept> {
  /** Asked when the first one is started. */
  host(): string;
  state: Pick<Buckets<Of>, 'buckets' | 'find' | 'change'>;
  /** `origin`: `http://127.0.0.1:40123`, as the client wrote it. */
  answer(bucket: Of['bucket'], call: ApiCall, origin: string): Promise<ApiAnswer>;
  onNotice(message: string): void;
}

export function createWebsites<Of extends Kept>(options: WebsitesOptions<Of>): Websites {
  const { host, state, onNotice } = options;
  const servers = new Map<string, ApiServer>();
  let last: Promise<void> = Promise.resolve();

  async function reconcile(): Promise<void> {
    const wanted = new Map(
      state
        .buckets()
        .filter(({ settings }) => settings['website'] !== undefined)
        .map((bucket) => [bucket.folder, bucket]),
    );
    for (const [folder, server] of servers) {
      if (wanted.has(folder)) continue;
      servers.delete(folder);
      await server.close();
    }
    for (const [folder, { name, port }] of wanted) {
      if (servers.has(folder)) continue;
      const server = await start(name, port);
      servers.set(folder, server);
      if (server.port !== port) await state.change(name, (bucket) => ({ ...bucket, port: server.port }));
    }
  }

  /** At the port that it had before, so that its address stays. */
  async function start(name: string, port: number | undefined): Promise<ApiServer> {
    const listenAt = (wanted: number): Promise<ApiServer> =>
      startApiServer({
        host: host(),
        port: wanted,
        mostBytes: 0,
        answer: async (call) => {
          const bucket = state.find(name);
          if (bucket === undefined) return 'dropped';
          return options.answer(bucket, call, `http://${call.headers.host ?? ''}`);
        },
        tooLarge: () => ({ status: 405, headers: {}, body: '' }),
        onNotice,
        forPort: String,
      });
    try {
      return await listenAt(port ?? 0);
    } catch (error) {
      if (port === undefined || !(error instanceof RopewayError)) throw error;
      onNotice(`the website of ${name} gets another address: ${error.message}`);
      return listenAt(0);
    }
  }

  const url = (name: string): string | undefined => servers.get(state.find(name)?.folder ?? '')?.url;
  return {
    update: () => {
      last = last.catch(() => undefined).then(reconcile);
      return last;
    },
    url,
    headers: (name): Record<string, string> => {
      const found = url(name);
      return found === undefined ? {} : { 'x-ropeway-website': found };
    },
    close: async () => {
      await last.catch(() => undefined);
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}
