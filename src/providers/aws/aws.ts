import { setMaxListeners } from 'node:events';

import { type Clients, openClients } from './clients.ts';
import { type Account, accountOf } from './names.ts';
import type { AwsOptions } from './options.ts';

/** What every step of this provider needs. */
export interface Aws {
  clients: Clients;
  account(): Promise<Account>;
  region: string;
  project: string | undefined;
  /** Another endpoint than AWS's own: an emulator's. */
  endpoint: string | undefined;
  signal: AbortSignal;
}

export function openAws(options: AwsOptions): Aws {
  const { region, project, endpoint, env = process.env } = options;
  // Every call listens to it, and of that nobody is to be warned.
  const signal = AbortSignal.any([options.signal]);
  setMaxListeners(0, signal);
  const settled = { ...options, env, signal };
  const clients = openClients(settled);
  return {
    clients,
    account: accountOf(clients, region),
    region,
    project,
    endpoint: endpoint ?? (env['AWS_ENDPOINT_URL'] || undefined),
    signal,
  };
}
