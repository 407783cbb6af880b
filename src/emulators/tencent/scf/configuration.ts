import { TencentError } from '../service.ts';
import type { BoundLayer, Configuration, KeptSettings, RegionBooks } from './books.ts';
import { invalid, limitExceeded, notFound } from './errors.ts';
import type { Request } from './models.ts';

/** What both creating a function and changing it may say. */
export type Settings = Partial<Request<'CreateFunction'>> & Partial<Request<'UpdateFunctionConfiguration'>>;

/** Bytes of all names and values of an environment together; layers of one function. */
const ENVIRONMENT_BYTES = 4096;
const MOST_LAYERS = 5;

const KEPT = [
  'Role',
  'VpcConfig',
  'ClsLogsetId',
  'ClsTopicId',
  'DeadLetterConfig',
  'PublicNetConfig',
  'CfsConfig',
  'ProtocolType',
  'ProtocolParams',
  'InstanceConcurrencyConfig',
  'DnsCache',
  'IntranetConfig',
  'InstallDependency',
  'AsyncRunEnable',
  'TraceEnable',
  'L5Enable',
] as const satisfies readonly (keyof KeptSettings)[];

export const DEFAULT_CONFIGURATION: Configuration = {
  description: '',
  handler: '',
  memory: 128,
  timeout: 3,
  initTimeout: 65,
  variables: [],
  layers: [],
  kept: {},
};

/** What is there with what a request says laid over it. Throws `TencentError` for what the cloud does not take. */
export function configure(
  from: Configuration,
  request: Settings,
  { region, type }: { region: RegionBooks; type: 'Event' | 'HTTP' },
): Configuration {
  checkKept(request, type);
  return {
    ...from,
    description: checkDescription(request.Description ?? from.description),
    memory: request.MemorySize === undefined ? from.memory : checkMemory(request.MemorySize),
    timeout: request.Timeout === undefined ? from.timeout : checkSeconds('Timeout', request.Timeout, 1, 900),
    initTimeout:
      request.InitTimeout === undefined
        ? from.initTimeout
        : checkSeconds('InitTimeout', request.InitTimeout, 3, 300),
    variables:
      request.Environment === undefined
        ? from.variables
        : checkVariables(request.Environment.Variables ?? []),
    layers: request.Layers === undefined ? from.layers : bindLayers(request.Layers, region),
    kept: {
      ...from.kept,
      ...Object.fromEntries(
        KEPT.filter((key) => key in request).map((key) => [key, request[key as keyof Settings]]),
      ),
    },
  };
}

/** Throws InvalidParameterValue.Handler. */
export function checkHandler(handler: string, runtime: string, type: 'Event' | 'HTTP'): string {
  if (type === 'HTTP' || runtime === 'CustomRuntime') return handler;
  if (!/^[A-Za-z0-9_][\w./-]*\.[A-Za-z_]\w*$/.test(handler) || handler.length > 128)
    throw invalid(
      'Handler',
      `The handler [${handler}] is not valid: it is a file and what it exports, such as index.main_handler.`,
    );
  return handler;
}

/** Throws InvalidParameterValue.FunctionName. */
export function checkFunctionName(name: string): void {
  if (!/^[A-Za-z][\w-]{0,58}[A-Za-z0-9]$/.test(name))
    throw invalid(
      'FunctionName',
      `The name [${name}] is not valid: 2 to 60 letters, digits, - and _, a letter first, a letter or digit last.`,
    );
}

export function tagsOf(tags: { Key: string; Value: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function checkDescription(text: string): string {
  if (text.length > 1000) throw invalid('Description', 'The description has more than 1000 characters.');
  return text;
}

function checkMemory(memory: number): number {
  if (memory > 3072) throw limitExceeded('Memory', `MemorySize is ${memory}; 3072 at most.`);
  if (memory !== 64 && (memory < 128 || memory % 128 !== 0))
    throw invalid('MemorySize', `MemorySize is ${memory}; it must be 64, or 128 to 3072 in steps of 128.`);
  return memory;
}

function checkSeconds(name: 'Timeout' | 'InitTimeout', seconds: number, least: number, most: number): number {
  if (seconds < least || seconds > most)
    throw limitExceeded(name, `${name} is ${seconds}; it must be ${least} to ${most} seconds.`);
  return seconds;
}

function checkVariables(given: { Key?: string; Value?: string }[]): { Key: string; Value: string }[] {
  // An empty name is how clients say that there is none any more.
  const variables = given.map(({ Key = '', Value = '' }) => ({ Key, Value })).filter(({ Key }) => Key !== '');
  for (const { Key } of variables) {
    if (!/^[A-Za-z]\w*$/.test(Key))
      throw invalid(
        'Environment',
        `The variable [${Key}] is not valid: letters, digits and _, a letter first.`,
      );
    if (/^(?:SCF|QCLOUD|TENCENTCLOUD)_/.test(Key))
      throw invalid(
        'EnvironmentSystemProtect',
        `The variable [${Key}] begins like those of the system (SCF_, QCLOUD_, TENCENTCLOUD_).`,
      );
  }
  if (new Set(variables.map(({ Key }) => Key)).size < variables.length)
    throw invalid('Environment', 'A variable is there more than once.');
  const bytes = variables.reduce((sum, { Key, Value }) => sum + Buffer.byteLength(Key + Value), 0);
  if (bytes > ENVIRONMENT_BYTES)
    throw invalid(
      'EnvironmentExceededLimit',
      `The environment has ${bytes} bytes; ${ENVIRONMENT_BYTES} at most.`,
    );
  return variables;
}

function bindLayers(
  given: { LayerName: string; LayerVersion: number }[],
  { layers }: RegionBooks,
): BoundLayer[] {
  const wanted = given.filter(({ LayerName }) => LayerName !== '');
  if (wanted.length > MOST_LAYERS)
    throw limitExceeded('Layers', `A function has at most ${MOST_LAYERS} layers.`);
  return wanted.map(({ LayerName: name, LayerVersion: version }) => {
    const layer = Object.hasOwn(layers, name) ? layers[name] : undefined;
    const found = layer?.versions.find((one) => one.version === version);
    if (found === undefined) throw notFound('LayerVersion', `${name}:${version}`);
    if (found.status !== 'Active')
      throw invalid('Layers', `The layer [${name}:${version}] is in status ${found.status}.`);
    return { name, version, digest: found.code.digest };
  });
}

const SWITCHES = ['InstallDependency', 'AsyncRunEnable', 'TraceEnable', 'L5Enable', 'DnsCache'] as const;

function checkKept(request: Settings, type: 'Event' | 'HTTP'): void {
  for (const key of SWITCHES) {
    const value = (request as Record<string, unknown>)[key];
    if (value !== undefined && value !== 'TRUE' && value !== 'FALSE' && value !== '')
      throw new TencentError(
        key === 'L5Enable' || key === 'AsyncRunEnable' || key === 'TraceEnable'
          ? `InvalidParameterValue.${key}`
          : 'InvalidParameterValue',
        `${key} must be TRUE or FALSE.`,
      );
  }
  const {
    InstanceConcurrencyConfig: concurrency,
    PublicNetConfig: net,
    ProtocolType: protocol = '',
  } = request;
  if (net !== undefined && !['ENABLE', 'DISABLE'].includes(net.PublicNetStatus))
    throw invalid('PublicNetConfig', 'PublicNetStatus must be ENABLE or DISABLE.');
  if (protocol !== '' && (protocol !== 'WS' || type !== 'HTTP'))
    throw invalid('ProtocolType', 'ProtocolType can only be WS, and only of HTTP functions.');
  if (concurrency?.DynamicEnabled === undefined || concurrency.DynamicEnabled === '') return;
  if (type !== 'HTTP')
    throw invalid('InstanceConcurrencyConfig', 'Only HTTP functions take several requests at once.');
  const { MaxConcurrency: most = 1, DynamicEnabled: dynamic } = concurrency;
  if (!['TRUE', 'FALSE'].includes(dynamic))
    throw invalid('DynamicEnabled', 'DynamicEnabled must be TRUE, FALSE or empty.');
  if (most < 1 || most > 100) throw invalid('MaxConcurrency', 'MaxConcurrency must be 1 to 100.');
}
