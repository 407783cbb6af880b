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
  const { region, project, signal, endpoint, env = process.env } = options;
  const settled = { ...options, env };
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
