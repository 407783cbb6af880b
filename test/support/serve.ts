import { Agent, request } from 'node:http';

/** What the control API answered. */
export interface ControlAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** One call of the control API over its Unix socket. */
export function control(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { host: 'localhost', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body: (response.headers['content-type']?.startsWith('application/json') === true
              ? JSON.parse(text)
              : { text }) as Record<string, unknown>,
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Clients that ask one after the other on connections of their own, until they are told to stop. */
export interface Load {
  /** Every answer: its status, 0 when there was none. */
  statuses: number[];
  bodies: Set<string>;
  errors: string[];
  stop(): Promise<void>;
}

export function load(url: string, clients: number, keepAlive = true): Load {
  const agent = new Agent({ keepAlive, maxSockets: clients });
  const result: Load = { statuses: [], bodies: new Set(), errors: [], stop };
  let stopped = false;
  const get = (): Promise<void> =>
    new Promise((resolve) => {
      const call = request(url, { agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', (error) => result.errors.push(error.message));
        response.on('close', () => {
          result.statuses.push(response.complete ? response.statusCode! : 0);
          result.bodies.add(text);
          resolve();
        });
      });
      call.on('error', (error) => {
        result.statuses.push(0);
        result.errors.push(error.message);
        resolve();
      });
      call.end();
    });
  const running = Array.from({ length: clients }, async () => {
    while (!stopped) await get();
  });
  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all(running);
    agent.destroy();
  }
  return result;
}
