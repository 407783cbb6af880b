import type { WorkloadOptions } from '../../workloads/options.ts';

export interface SimulateCommandOptions extends WorkloadOptions {
  trace?: string;
  traffic?: string;
  duration?: string;
  policy: 'local' | 'cloud';
  keepAlive?: (number | 'auto')[];
  provisioned: number[];
  concurrency: number[];
  instances?: number;
  queue: number;
  queueTimeout: number;
  cores?: number;
  cpuShare?: number;
  profile?: string;
  server?: number;
  memory?: number;
  report?: string;
  json: boolean;
}
