import { setMaxListeners } from 'node:events';

import { type Clients, endpointOf, openClients } from './clients.ts';
import { type Cos, openCos } from './cos.ts';
import type { TencentOptions } from './options.ts';

/** What every step of this provider needs. */
export interface Tencent {
  clients: Clients;
  cos(): Promise<Cos>;
  /** Of the account: what names of buckets and addresses end or begin with. */
  appId(): Promise<string>;
  region: string;
  /** Another endpoint than Tencent Cloud's own: an emulator's. */
  endpoint: string | undefined;
  signal: AbortSignal;
  options: TencentOptions;
  note(text: string): void;
  /** Namespaces of functions by their names, as far as they are known by now. */
  namespaces: Map<string, string>;
  /** One after the other: of a domain only all routes can be written at once. */
  alone<T>(act: () => Promise<T>): Promise<T>;
}

export function openTencent(given: TencentOptions): Tencent {
  // Every call listens to it, and of that nobody is to be warned.
  const signal = AbortSignal.any([given.signal]);
  setMaxListeners(0, signal);
  const options = { ...given, env: given.env ?? process.env, signal };
  const clients = openClients(options);
  const told = new Set<string>();
  let appId: Promise<string> | undefined;
  let cos: Promise<Cos> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    clients,
    cos: () => (cos ??= openCos(options)),
    appId: () => (appId ??= findAppId(options, clients)),
    region: options.region,
    endpoint: endpointOf(options),
    signal,
    options,
    note: (text) => {
      if (!told.has(text)) given.onNote?.(text);
      told.add(text);
    },
    namespaces: new Map(),
    alone: (act) => {
      const mine = last.then(act);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

async function findAppId({ appId, env = {} }: TencentOptions, clients: Clients): Promise<string> {
  const told = appId || env['TENCENT_APP_ID'] || env['TENCENTCLOUD_APP_ID'];
  if (told) return told;
  const answer = (await (await clients.cam()).request('GetUserAppId', {})) as { AppId?: number };
  return String(answer.AppId);
}
