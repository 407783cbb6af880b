import { AwsError } from '../service.ts';
import type { Config, Fn, Revision } from './books.ts';
import { invalid } from './desk.ts';
import { functionArn } from './names.ts';

/** Live ones (clouds' documentation, 2026-11), and those for programs of one's own. */
const RUNTIMES =
  /^(python3\.(9|1[0-4])|nodejs(18|20|22|24)\.x|provided\.al2(023)?|java(11|17|21)|dotnet(8|9)|ruby3\.[2-4])$/;
const RUNNABLE = /^(python|nodejs|provided)/;

type Input = Record<string, unknown>;

/** What CreateFunction says beside the code. Throws as the cloud does. */
export function readConfig(input: Input): Config {
  const runtime = String(input['Runtime'] ?? '');
  if (input['PackageType'] === 'Image')
    throw invalid('Functions of container images do not run here: PackageType has to be Zip.');
  if (!runtime || !input['Handler'])
    throw invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/?[\w+=,.@/-]+$/.test(String(input['Role'] ?? '')))
    throw validation(
      'role',
      input['Role'],
      'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    );
  const config: Config = {
    Runtime: runtime,
    Handler: String(input['Handler']),
    Role: String(input['Role']),
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    Layers: [],
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    TracingConfig: { Mode: 'PassThrough' },
    SnapStart: { ApplyOn: 'None' },
    LoggingConfig: {},
  };
  const { Architectures } = input;
  return changedConfig(Array.isArray(Architectures) ? { ...config, Architectures } : config, input);
}

/** What UpdateFunctionConfiguration makes of it. */
export function changedConfig(before: Config, input: Input): Config {
  const text = (key: 'Runtime' | 'Handler' | 'Role' | 'Description'): string =>
    input[key] === undefined ? before[key] : String(input[key]);
  const config: Config = {
    ...before,
    Runtime: text('Runtime'),
    Handler: text('Handler'),
    Role: text('Role'),
    Description: text('Description'),
    Timeout: number(input, 'Timeout', before.Timeout, 1, 900),
    MemorySize: number(input, 'MemorySize', before.MemorySize, 128, 10_240),
    ...pick(input, ['EphemeralStorage', 'TracingConfig', 'LoggingConfig', 'DeadLetterConfig']),
  };
  const { Size } = config.EphemeralStorage;
  if (!(Size >= 512 && Size <= 10_240)) throw range('ephemeralStorage.size', Size, 512, 10_240);
  if (!RUNTIMES.test(config.Runtime)) throw badRuntime(config.Runtime);
  if (!RUNNABLE.test(config.Runtime))
    throw invalid(
      `Functions of ${config.Runtime} do not run here: python3.x, nodejsXX.x and provided.al2023 do.`,
    );
  return {
    ...config,
    ...environmentOf(input, before),
    ...vpcOf(input, before),
    ...(Array.isArray(input['Layers']) ? { Layers: input['Layers'] as string[] } : {}),
    ...(input['SnapStart'] === undefined
      ? {}
      : { SnapStart: { ApplyOn: String((input['SnapStart'] as Input)['ApplyOn'] ?? 'None') } }),
  };
}

const MOST_ENVIRONMENT = 4096;

function environmentOf(input: Input, before: Config): Pick<Config, 'Environment'> {
  const given = input['Environment'] as { Variables?: Record<string, string> } | undefined;
  if (given === undefined) return before.Environment === undefined ? {} : { Environment: before.Environment };
  const variables = given.Variables ?? {};
  const size = Buffer.byteLength(JSON.stringify(variables));
  if (size > MOST_ENVIRONMENT) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${size} bytes`,
    );
  }
  const wrong = Object.keys(variables).find((name) => !/^[a-zA-Z]([a-zA-Z0-9_])+$/.test(name));
  if (wrong !== undefined) throw validation('environment.variables', wrong, '[a-zA-Z]([a-zA-Z0-9_])+');
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  return { Environment: variables };
}

const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

function vpcOf(input: Input, before: Config): Pick<Config, 'VpcConfig'> {
  const given = input['VpcConfig'] as Config['VpcConfig'] | undefined;
  if (given === undefined) return before.VpcConfig === undefined ? {} : { VpcConfig: before.VpcConfig };
  const isNone = (given.SubnetIds ?? []).length === 0;
  return {
    VpcConfig: isNone ? { SubnetIds: [], SecurityGroupIds: [], VpcId: '' } : { VpcId: 'vpc-local', ...given },
  };
}

/** A revision as answers show it. `masters`: sizes of layers by their ARN. */
export function shownConfiguration(
  fn: Fn,
  revision: Revision,
  now: number,
  layerBytes: (arn: string) => number,
  qualifier = revision.version === '$LATEST' ? '' : revision.version,
): Record<string, unknown> {
  const { config, code, version, activeAt, updatedAt } = revision;
  const { Environment, Layers, SnapStart, LoggingConfig, ...rest } = config;
  const isPending = now < activeAt;
  const isUpdating = updatedAt !== undefined && now < updatedAt;
  const isPublished = version !== '$LATEST';
  return {
    FunctionName: fn.name,
    FunctionArn: functionArn(fn, qualifier),
    ...rest,
    CodeSize: code.bytes,
    CodeSha256: Buffer.from(code.digest, 'hex').toString('base64'),
    Version: version,
    LastModified: revision.lastModified,
    RevisionId: revision.revisionId,
    PackageType: 'Zip',
    ...(Environment === undefined ? {} : { Environment: { Variables: Environment } }),
    ...(Layers.length === 0 ? {} : { Layers: Layers.map((Arn) => ({ Arn, CodeSize: layerBytes(Arn) })) }),
    SnapStart: {
      ...SnapStart,
      OptimizationStatus: isPublished && SnapStart.ApplyOn !== 'None' ? 'On' : 'Off',
    },
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${fn.region}::runtime:local` },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${fn.name}`, ...LoggingConfig },
    State: isPending ? 'Pending' : 'Active',
    ...(isPending ? { StateReason: 'The function is being created.', StateReasonCode: 'Creating' } : {}),
    LastUpdateStatus: isPending || isUpdating ? 'InProgress' : 'Successful',
    ...(isUpdating
      ? { LastUpdateStatusReason: 'The function is being created.', LastUpdateStatusReasonCode: 'Creating' }
      : {}),
  };
}

function pick(input: Input, keys: string[]): Partial<Config> {
  return Object.fromEntries(keys.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])));
}

function number(input: Input, key: string, before: number, least: number, most: number): number {
  const value = input[key];
  if (value === undefined) return before;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw range(`${key[0]!.toLowerCase()}${key.slice(1)}`, value, least, most);
}

function range(name: string, value: unknown, least: number, most: number): AwsError {
  const bound = Number(value) < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  return new AwsError(
    400,
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

function validation(name: string, value: unknown, pattern: string): AwsError {
  return new AwsError(
    400,
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
  );
}

function badRuntime(runtime: string): AwsError {
  return /^(python|nodejs|java|dotnet|ruby|go)/.test(runtime)
    ? invalid(
        `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
      )
    : invalid(
        `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14, provided.al2, provided.al2023] or be a valid ARN`,
      );
}
