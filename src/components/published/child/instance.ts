import { inspect } from 'node:util';

import type { LogLevel, StartMessage } from '../messages.ts';
import type { Channel } from './channel.ts';

/** What a component gets as `context.instance`: the host of the 1.x contract. Children get the same one. */
export interface Instance {
  root: string;
  stateRoot: string;
  /** The same in every run of one project and stage. */
  id: string;
  credentials: Record<string, Record<string, string>>;
  state: Record<string, unknown>;
  init(): Promise<void>;
  resourceId(): string;
  readState(id: string): Promise<unknown>;
  writeState(id: string, state: unknown): Promise<unknown>;
  log(message: unknown): void;
  debug(message: unknown): void;
  status(message: unknown, entity?: string): void;
  warn(message: unknown): void;
  output(key: unknown, value: unknown): void;
}

export function createInstance(start: StartMessage, channel: Channel): Instance {
  const log = (level: LogLevel, message: unknown): void => {
    if (message !== undefined && message !== '') channel.tell({ type: 'log', level, text: asText(message) });
  };
  return {
    root: start.root,
    stateRoot: start.stateRoot,
    id: start.instanceId,
    credentials: start.credentials,
    state: { id: start.instanceId },
    init: async () => undefined,
    resourceId: () => `${start.instanceId}-${randomId()}`,
    readState: async (id) => (await channel.ask({ ask: 'read', id })) ?? {},
    async writeState(id, value) {
      await channel.ask({ ask: 'write', id, value });
      return value;
    },
    log: (message) => log('log', message),
    debug: (message) => log('debug', message),
    status: (message) => log('status', message),
    warn: (message) => log('warn', message),
    output: (key, value) => log('log', `${asText(key)}: ${asText(value)}`),
  };
}

/** Lower-case letters and digits: it ends up in names of buckets. */
export function randomId(): string {
  return Math.random().toString(36).slice(2, 9).padEnd(7, '0');
}

function asText(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : inspect(value, { depth: 4, breakLength: Infinity });
}
