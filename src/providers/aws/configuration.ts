import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment } from '../types.ts';
import { descriptionOf } from './labels.ts';

/** Of functions whose inputs say nothing of it: those of our other targets. Lambda's own (128 MB, 3 s) are too little for an app. */
const DEFAULTS = { memory: 512, timeout: 30, tmp: 512 };
/** What the Lambda Web Adapter (a layer) needs to be called. */
const WEB_ADAPTER = /:layer:LambdaAdapterLayer/;
const WEB_PORT = '8080';

/** What can be told of a function, as the call for it takes it, but for its code. */
export interface Configuration {
  Role: string;
  Runtime: string;
  Handler: string;
  Description: string;
  MemorySize: number;
  Timeout: number;
  EphemeralStorage: { Size: number };
  Environment: { Variables: Record<string, string> };
  Layers: string[];
  VpcConfig: { SubnetIds: string[]; SecurityGroupIds: string[] };
  SnapStart: { ApplyOn: 'PublishedVersions' | 'None' };
}

/** The configuration that a deployment wants. `layers`: ARNs, those of the packages first. Throws INPUTS, WEB_FUNCTION. */
export function wantedConfiguration(
  deployment: FunctionDeployment,
  role: string,
  layers: string[],
): Configuration {
  const { cloud, limits, env, labels } = deployment;
  const { runtime, handler, settings } = cloud!;
  const ids = (all: string[] | undefined): string[] => (all ?? []).filter((id) => id !== '').sort();
  return {
    Role: role,
    Runtime: awsRuntime(runtime),
    Handler: handler,
    Description: descriptionOf(labels, settings.description),
    MemorySize: limits.memory ?? DEFAULTS.memory,
    Timeout: limits.timeout ?? DEFAULTS.timeout,
    EphemeralStorage: { Size: Math.max(DEFAULTS.tmp, limits.tmp ?? 0) },
    Environment: { Variables: { ...webAdapterEnv(deployment), ...env } },
    Layers: layers,
    VpcConfig: {
      SubnetIds: ids(settings.vpc?.subnets),
      SecurityGroupIds: ids(settings.vpc?.securityGroups),
    },
    SnapStart: { ApplyOn: settings.snapStart === true ? 'PublishedVersions' : 'None' },
  };
}

/** What Lambda cannot do is said before anything is made. Throws INPUTS, WEB_FUNCTION, ROUTE_NEEDS_DOMAIN. */
export function checkDeployment({ name, entry, cloud, layers, limits }: FunctionDeployment): void {
  if (cloud === undefined)
    throw new TypeError(`${name}: a deployment to AWS has to say what the cloud is told`);
  const { settings, runtime, type } = cloud;
  const given = settings.layers ?? [];
  if ((entry.runtime === 'command' || type === 'web') && !given.some((arn) => WEB_ADAPTER.test(arn))) {
    throw new RopewayError({
      code: 'WEB_FUNCTION',
      message: `${name} runs by a start command alone, and AWS Lambda runs no programs that listen on a port.`,
      fix: 'name the app itself (`app: module:name`, or a file), or put the ARN of the Lambda Web Adapter layer into `layers` of the inputs: it stands between Lambda and the port (docs/aws.md)',
    });
  }
  const [domain] = settings.domains ?? [];
  if (domain !== undefined) {
    throw new RopewayError({
      code: 'ROUTE_NEEDS_DOMAIN',
      message: `${name} cannot have the host ${domain.name} on AWS: a function URL has its own.`,
      got: domain.name,
      fix: 'leave out the host, and let CloudFront, or a domain of API Gateway with a certificate, lead to the address',
    });
  }
  const all = layers.length + given.length;
  const { minInstances = 0 } = limits;
  if (all > 5) throw refused(name, 'Lambda takes five layers', 'at most 5', String(all));
  if (settings.snapStart === true && !/^python3\.(1[2-9]|[2-9]\d)$/.test(runtime))
    throw refused(name, 'SnapStart is for Python 3.12 and newer', 'python3.12 or newer', runtime);
  if (settings.snapStart === true && minInstances > 0)
    throw refused(name, 'SnapStart and instances that are kept ready exclude each other', 'one of them');
}

/** Names of parts in which what is there differs from what is wanted. */
export function configurationDifferences(live: FunctionConfiguration, wanted: Configuration): string[] {
  const now = textsOf(live);
  const then = textsOf({ ...wanted, Layers: wanted.Layers.map((Arn) => ({ Arn })) } as FunctionConfiguration);
  const parts = Object.keys(then).filter((part) => part !== 'code' && part !== 'arch');
  return parts.filter((part) => now[part] !== then[part]);
}

/** A configuration in texts by part, equal as long as it is. Without the environment's values: they may be secrets. */
export function observedConfiguration(live: FunctionConfiguration): Record<string, string> {
  const { env: _, description: __, ...parts } = textsOf(live);
  return parts;
}

/** Parts of code that is not published yet in which it is another than a version. */
export function unpublishedDifferences(
  latest: FunctionConfiguration,
  version: FunctionConfiguration,
): string[] {
  const [now, then] = [textsOf(latest), textsOf(version)];
  return Object.keys(now).filter((part) => part !== 'description' && now[part] !== then[part]);
}

/** Digest of a function's code in hex, as packages have it. */
export function codeDigest({ CodeSha256 = '' }: FunctionConfiguration): string {
  return Buffer.from(CodeSha256, 'base64').toString('hex');
}

/** `nodejs20` is `nodejs20.x` here, and what brings its own bootstrap runs on plain Linux. */
function awsRuntime(runtime: string): string {
  if (runtime === 'custom') return 'provided.al2023';
  return /^nodejs\d+$/.test(runtime) ? `${runtime}.x` : runtime;
}

function textsOf(live: FunctionConfiguration): Record<string, string> {
  const { VpcConfig, Environment, Layers = [], SnapStart, EphemeralStorage } = live;
  const variables = Object.entries(Environment?.Variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const vpc = [...(VpcConfig?.SubnetIds ?? []), ...(VpcConfig?.SecurityGroupIds ?? [])];
  return {
    memory: `${live.MemorySize ?? 128} MB`,
    timeout: `${live.Timeout ?? 3} s`,
    tmp: `${EphemeralStorage?.Size ?? 512} MB`,
    runtime: live.Runtime ?? '',
    handler: live.Handler ?? '',
    arch: live.Architectures?.[0] ?? 'x86_64',
    role: live.Role ?? '',
    code: codeDigest(live),
    layers: Layers.map(({ Arn }) => Arn).join(' '),
    vpc: vpc.sort().join(' '),
    snapStart: SnapStart?.ApplyOn === 'PublishedVersions' ? 'on' : 'off',
    description: live.Description ?? '',
    env: JSON.stringify(variables),
  };
}

function webAdapterEnv({ cloud, stream }: FunctionDeployment): Record<string, string> {
  if (!(cloud!.settings.layers ?? []).some((arn) => WEB_ADAPTER.test(arn))) return {};
  return {
    AWS_LAMBDA_EXEC_WRAPPER: '/opt/bootstrap',
    PORT: WEB_PORT,
    AWS_LWA_PORT: WEB_PORT,
    AWS_LWA_INVOKE_MODE: stream ? 'response_stream' : 'buffered',
  };
}

function refused(name: string, message: string, expected: string, got?: string): RopewayError {
  return new RopewayError({
    code: 'INPUTS',
    message: `${name}: ${message}.`,
    expected,
    ...(got === undefined ? {} : { got }),
  });
}
