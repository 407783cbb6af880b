import { RopewayError } from '../../../lib/errors.ts';

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
  /** A cloud: its log is shown instead of this machine's. */
  target?: 'tencent' | 'aws';
  dir?: string;
  stage?: string;
  filter?: string;
}

export type CloudLogsOptions = LogsOptions & { target: 'tencent' | 'aws' };

/** Throws LOGS_OPTION for options of the other kind. */
export function isCloud(options: LogsOptions): options is CloudLogsOptions {
  const isOne = options.target !== undefined;
  const wrong = (isOne ? LOCAL : CLOUD).find(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (wrong === undefined) return isOne;
  throw new RopewayError({
    code: 'LOGS_OPTION',
    message: isOne
      ? `--${wrong} is about the records of this machine; a cloud keeps lines.`
      : `--${wrong} is about the log of a cloud.`,
    expected: (isOne ? [...BOTH, ...CLOUD] : [...BOTH, ...LOCAL]).map((name) => `--${name}`).join(', '),
    got: isOne ? `--target with --${wrong}` : `--${wrong} without --target`,
  });
}

const BOTH = ['follow', 'lines', 'since', 'request', 'json'];
const LOCAL = ['errors', 'route', 'status', 'cold', 'platform', 'state'] as const;
const CLOUD = ['dir', 'stage', 'filter'] as const;
