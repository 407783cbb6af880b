import type { CodeStart, RunningCode } from '../../types.ts';
import type { AwsContext } from '../context.ts';
import { ACCOUNT } from '../service.ts';
import type { Books, Fn, Revision } from './books.ts';
import { functionArn, layerName } from './names.ts';

/** Code that can be called, started when it is first asked for. */
export interface Calls {
  /** Of a revision. Throws `RopewayError` when the machine cannot run it. */
  of(books: Books, fn: Fn, revision: Revision): RunningCode;
  /** Ends what no function has any more, or has in another form. */
  apply(books: Books): void;
  close(): Promise<void>;
}

/** Seconds that a revision has to finish what it serves when there is another one. */
const DRAIN_SECONDS = 30;

export function createCalls(context: AwsContext): Calls {
  const running = new Map<string, { form: string; code: RunningCode }>();
  const leaving = new Set<Promise<void>>();
  const end = (code: RunningCode, seconds: number): void => {
    const left = code.close(seconds).finally(() => leaving.delete(left));
    leaving.add(left);
  };
  return {
    of: (books, fn, revision) => {
      const key = keyOf(fn, revision);
      const form = formOf(fn, revision);
      const known = running.get(key);
      if (known?.form === form) return known.code;
      const code = context.platform.run(specOf(context, books, fn, revision));
      if (known !== undefined) end(known.code, DRAIN_SECONDS);
      running.set(key, { form, code });
      return code;
    },
    apply: (books) => {
      const wanted = new Map<string, string>();
      for (const fn of Object.values(books.functions))
        for (const revision of [fn.latest, ...fn.versions])
          wanted.set(keyOf(fn, revision), formOf(fn, revision));
      for (const [key, { form, code }] of running) {
        if (wanted.get(key) === form) continue;
        running.delete(key);
        end(code, DRAIN_SECONDS);
      }
    },
    close: async () => {
      for (const { code } of running.values()) end(code, 1);
      running.clear();
      await Promise.all(leaving);
    },
  };
}

function keyOf({ region, name }: Fn, { version }: Revision): string {
  return `${region}/${name}/${version}`;
}

/** What may be changed while it has the same version: a function's own concurrency, and the code of `$LATEST`. */
function formOf({ reserved, provisioned }: Fn, { revisionId, code, config }: Revision): string {
  return JSON.stringify([revisionId, code, config, reserved, provisioned]);
}

function specOf(
  context: AwsContext,
  books: Books,
  fn: Fn,
  revision: Revision,
): Parameters<AwsContext['platform']['run']>[0] {
  const { config, version, code } = revision;
  const { region, name, reserved } = fn;
  const provisioned = minInstances(fn, version);
  return {
    name: `aws.${region}.${name}`,
    version: version === '$LATEST' ? 0 : Number(version),
    code: code.digest,
    // The platform takes a file from the first that has it; in Lambda a later layer covers an earlier one.
    layers: config.Layers.flatMap((arn) => layerDigest(books, arn) ?? []).toReversed(),
    start: startOf(config.Runtime, config.Handler),
    env: environment(context, fn, revision),
    limits: {
      memory: config.MemorySize,
      timeout: config.Timeout,
      tmp: config.EphemeralStorage.Size,
      ...(reserved === undefined ? {} : { instances: Math.max(1, reserved) }),
      ...(provisioned === 0 ? {} : { minInstances: provisioned }),
    },
    context: {
      invoked_function_arn: functionArn(fn),
      function_name: name,
      function_version: version,
      log_group_name: `/aws/lambda/${name}`,
      log_stream_name: logStream(version),
    },
  };
}

/** Of its aliases, too. */
function minInstances({ provisioned, aliases }: Fn, version: string): number {
  return Object.entries(provisioned)
    .filter(([qualifier]) => (aliases[qualifier]?.version ?? qualifier) === version)
    .reduce((total, [, { wanted }]) => total + wanted, 0);
}

function startOf(runtime: string, handler: string): CodeStart {
  const python = /^python(\d+\.\d+)$/.exec(runtime)?.[1];
  if (python !== undefined) return { kind: 'handler', language: 'python', version: python, handler };
  const node = /^nodejs(\d+)/.exec(runtime)?.[1];
  if (node !== undefined) return { kind: 'handler', language: 'node', version: node, handler };
  return { kind: 'bootstrap', api: 'lambda', file: 'bootstrap' };
}

/** What Lambda sets ("Defined runtime environment variables" of its guide); keys and address lead the function's SDK here, too. */
function environment(
  { keys, platform, baseUrl }: AwsContext,
  { name, region }: Fn,
  { version, config, code }: Revision,
): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.id,
    AWS_SECRET_ACCESS_KEY: keys.secret,
    AWS_ENDPOINT_URL: baseUrl(),
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream(version),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: platform.packageFolder(code.digest) ?? '',
    _HANDLER: config.Handler,
    TZ: ':UTC',
    ...config.Environment,
  };
}

function logStream(version: string): string {
  return `local/[${version}]`;
}

export function layerDigest({ layers }: Books, arn: string): string | undefined {
  const parts = arn.split(':');
  const [region = '', account, name, number] = [parts[3], parts[4], layerName(arn), Number(parts[7])];
  if (account !== ACCOUNT) return undefined;
  return layers[`${region}/${name}`]?.versions.find(({ version }) => version === number)?.code.digest;
}
