export interface LogsOptions {
  follow: boolean;
  /** How many of the last entries; undefined: as the other options want it. */
  lines?: number;
  /** Milliseconds since 1970. */
  since?: number;
  errors: boolean;
  /** At least 4 characters of an id. */
  request?: string;
  route?: string;
  /** `404` or `5xx`. */
  status?: string;
  cold: boolean;
  platform: boolean;
  state?: string;
  json: boolean;
}
