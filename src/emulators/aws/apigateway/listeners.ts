import { RopewayError } from '../../../lib/errors.ts';
import type { Listening } from '../../types.ts';
import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import { routeRequest } from './answers.ts';
import type { Api, Books } from './books.ts';

/** The addresses of APIs: a port each, since `….execute-api.….amazonaws.com` leads nowhere without DNS. */
export interface Listeners {
  /** Begins to answer for an API that may not be in the books yet, and resolves with its port. */
  start(id: string, port?: number): Promise<number>;
  stop(id: string): Promise<void>;
  /** Answers for all that are in the books, at the ports that they had. */
  resume(): Promise<void>;
  /** `http://127.0.0.1:40123` */
  endpoint(api: Pick<Api, 'port'>): string;
  close(): Promise<void>;
}

export function createListeners(context: AwsContext, store: Store<Books>): Listeners {
  const listening = new Map<string, Listening>();

  async function start(id: string, port?: number): Promise<number> {
    const listen = (wanted?: number): Promise<Listening> =>
      context.platform.listen({
        ...(wanted === undefined ? {} : { port: wanted }),
        route: (request) => routeRequest(context, store.current().apis[id], request),
      });
    const found = await listen(port).catch((error: unknown) => {
      if (port === undefined || !(error instanceof RopewayError)) throw error;
      context.onNotice(`the API ${id} gets another address: ${error.message}`);
      return listen();
    });
    listening.set(id, found);
    return found.port;
  }

  return {
    start,
    stop: async (id) => {
      const found = listening.get(id);
      listening.delete(id);
      await found?.close();
    },
    resume: async () => {
      for (const { id, port } of Object.values(store.current().apis)) {
        const now = await start(id, port);
        if (now === port) continue;
        await store.change(({ apis }) => ({
          value: { apis: { ...apis, [id]: { ...apis[id]!, port: now } } },
          result: undefined,
        }));
      }
    },
    endpoint: ({ port }) => `${context.baseUrl().replace(/:\d+$/, '')}:${port}`,
    close: async () => {
      await Promise.all([...listening.values()].map((one) => one.close()));
      listening.clear();
    },
  };
}
