import type { WorkloadOptions } from '../../workloads/options.ts';

export interface CostOptions extends WorkloadOptions {
  requestsPerDay?: number;
  trace?: string;
  memory?: number;
  front?: string;
  plan?: string;
  freeTier: boolean;
  coldShare?: number;
  keepAlive: number;
  peak: number;
  provisioned: number;
  serverRate?: number;
  region: Record<string, string>;
  prices?: string;
  currency: string;
  exchange: Record<string, number>;
  report?: string;
  json: boolean;
}
