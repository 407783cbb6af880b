export interface StatsOptions {
  by: 'route' | 'function' | 'version' | 'status';
  /** Milliseconds since 1970. */
  since?: number;
  state?: string;
  json: boolean;
}
