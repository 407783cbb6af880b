import { createHash } from 'node:crypto';

import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment } from '../types.ts';
import type { Answer, Asked } from './clients.ts';
import { scfMemory, scfRuntime } from './runtimes.ts';

/** Of functions whose inputs say nothing of it: those of our other targets. SCF's own (128 MB, 3 s) are too little for an app. */
const DEFAULTS = { memory: 512, timeout: 30 };
/** Seconds that an instance has to start (SCF's own default). */
const INIT_TIMEOUT = 65;
/** MB of `/tmp`. */
const TMP = 512;

export interface Layer {
  LayerName: string;
  LayerVersion: number;
}

/** What can be told of a function, as the calls for it take it, but for code and description. */
export interface Configuration {
  MemorySize: number;
  Timeout: number;
  InitTimeout: number;
  Environment: { Variables: { Key: string; Value: string }[] };
  Layers: Layer[];
  VpcConfig: { VpcId: string; SubnetId: string };
  Role: string;
  ClsLogsetId: string;
  ClsTopicId: string;
  /** Of web functions alone. */
  InstanceConcurrencyConfig?: { DynamicEnabled: string; MaxConcurrency: number };
}

/** What never changes of a function, and its handler, which comes with the code. */
export interface Kind {
  Type: 'Event' | 'HTTP';
  Runtime: string;
  Handler: string;
}

export type LiveConfiguration = Answer<'GetFunction'>;

/** What SCF cannot do is said before anything is made. Throws INPUTS, TARGET_ARCH, TARGET_RUNTIME. `note`: told what is otherwise than it was wished. */
export function wantedKind(deployment: FunctionDeployment, note: (text: string) => void): Kind {
  const { name, cloud, layers, limits } = deployment;
  if (cloud === undefined)
    throw new TypeError(`${name}: a deployment to Tencent Cloud has to say what the cloud is told`);
  const { settings } = cloud;
  if (cloud.arch !== 'x64')
    throw refused('TARGET_ARCH', `${name}: SCF has no machines with ARM processors`, 'arch: x64', cloud.arch);
  const count = layers.length + (settings.layers ?? []).length;
  if (count > 5) throw refused('INPUTS', `${name}: SCF takes five layers`, 'at most 5', String(count));
  const { id = '', subnets = [] } = settings.vpc ?? {};
  const named = subnets.filter((subnet) => subnet !== '');
  if ((id === '') !== (named.length === 0))
    throw refused('INPUTS', `${name}: a VPC of SCF has an id and a subnet`, 'both, or none of them');
  if (named.length > 1) note(`${name}: SCF takes one subnet; it is ${named[0]}`);
  if ((settings.vpc?.securityGroups ?? []).some((group) => group !== ''))
    note(`${name}: SCF has no security groups of functions; they are left out`);
  if (settings.snapStart === true) note(`${name}: snapStart is of AWS; it is left out`);
  if ((limits.tmp ?? 0) > TMP) note(`${name}: /tmp has ${TMP} MB on SCF, not ${limits.tmp}`);
  return {
    Type: cloud.type === 'web' ? 'HTTP' : 'Event',
    Runtime: scfRuntime(cloud.runtime),
    Handler: cloud.handler,
  };
}

/** The configuration that a deployment wants, without layers. Throws INPUTS. */
export function wantedConfiguration(
  deployment: FunctionDeployment,
  note: (text: string) => void,
): Configuration {
  const { name, cloud, limits, env } = deployment;
  const { settings, type } = cloud!;
  const wished = limits.memory ?? DEFAULTS.memory;
  const memory = scfMemory(wished);
  if (memory !== wished)
    note(`${name}: memory is ${memory} MB: SCF has 64, and 128 to 3072 in steps of 128, not ${wished}`);
  return {
    MemorySize: memory,
    Timeout: limits.timeout ?? DEFAULTS.timeout,
    InitTimeout: INIT_TIMEOUT,
    Environment: { Variables: Object.entries(env).map(([Key, Value]) => ({ Key, Value })) },
    Layers: [],
    VpcConfig: {
      VpcId: settings.vpc?.id ?? '',
      SubnetId: settings.vpc?.subnets.find((subnet) => subnet !== '') ?? '',
    },
    Role: settings.role ?? '',
    ClsLogsetId: settings.logs?.logset ?? '',
    ClsTopicId: settings.logs?.topic ?? '',
    ...(type === 'web'
      ? {
          InstanceConcurrencyConfig: {
            DynamicEnabled: 'FALSE',
            MaxConcurrency: concurrencyOf(deployment),
          },
        }
      : {}),
  };
}

/** Layers that the inputs name: `numpy:3`. Throws INPUTS. */
export function givenLayers({ cloud }: FunctionDeployment): Layer[] {
  return (cloud!.settings.layers ?? []).map((text) => {
    const [, name, version] = /^([A-Za-z][\w-]*):(\d+)$/.exec(text) ?? [];
    if (name === undefined)
      throw refused('INPUTS', 'This is no layer of SCF', '`name:version`, such as `numpy:3`', text);
    return { LayerName: name, LayerVersion: Number(version) };
  });
}

/** One digest of all that makes a version what it is, but for its code. `layers`: digests of its own. */
export function settingsDigest(kind: Kind, wanted: Configuration, layers: readonly string[]): string {
  const text = JSON.stringify([kind, textsOf(wanted), layers]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What to say so that what is there becomes what is wanted; nothing for what is so already. */
export function configurationChanges(
  live: LiveConfiguration,
  wanted: Configuration,
): Partial<Asked<'UpdateFunctionConfiguration'>> {
  const now = textsOf(live);
  const then = textsOf(wanted);
  const changed = Object.keys(then).filter((part) => now[part] !== then[part]);
  return Object.assign({}, ...changed.map((part) => CHANGES[part]?.(wanted) ?? {})) as object;
}

/** A configuration in texts by part, equal as long as it is. Without the environment's values: they may be secrets. */
export function observedConfiguration(live: LiveConfiguration): Record<string, string> {
  const { env: _, ...parts } = textsOf(live);
  return { ...parts, runtime: live.Runtime ?? '', type: live.Type ?? '', handler: live.Handler ?? '' };
}

export function environmentOf({ Environment }: LiveConfiguration): Record<string, string> {
  return Object.fromEntries((Environment?.Variables ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Parts in which code that is not published yet is another than a version. */
export function unpublishedDifferences(latest: LiveConfiguration, version: LiveConfiguration): string[] {
  const [now, then] = [textsOf(latest), textsOf(version)];
  const parts = Object.keys(now).filter((part) => now[part] !== then[part]);
  return latest.Handler === version.Handler ? parts : [...parts, 'handler'];
}

type Change = (wanted: Configuration) => Partial<Asked<'UpdateFunctionConfiguration'>>;

/** An empty name stands for none at all: an empty list would leave everything as it is. */
const CHANGES: Record<string, Change> = {
  memory: ({ MemorySize }) => ({ MemorySize }),
  timeout: ({ Timeout }) => ({ Timeout }),
  initTimeout: ({ InitTimeout }) => ({ InitTimeout }),
  env: ({ Environment: { Variables } }) => ({
    Environment: { Variables: Variables.length === 0 ? [{ Key: '', Value: '' }] : Variables },
  }),
  layers: ({ Layers }) => ({
    Layers: Layers.length === 0 ? [{ LayerName: '', LayerVersion: 0 }] : Layers,
  }),
  vpc: ({ VpcConfig }) => ({ VpcConfig }),
  role: ({ Role }) => ({ Role }),
  logs: ({ ClsLogsetId, ClsTopicId }) => ({ ClsLogsetId, ClsTopicId }),
  concurrency: ({ InstanceConcurrencyConfig }) =>
    InstanceConcurrencyConfig === undefined ? {} : { InstanceConcurrencyConfig },
};

function textsOf(live: LiveConfiguration): Record<string, string> {
  const { VpcConfig, InstanceConcurrencyConfig: concurrency } = live;
  const variables = Object.entries(environmentOf(live)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    memory: `${live.MemorySize ?? 128} MB`,
    timeout: `${live.Timeout ?? 3} s`,
    initTimeout: `${live.InitTimeout ?? INIT_TIMEOUT} s`,
    env: JSON.stringify(variables),
    layers: (live.Layers ?? [])
      .map(({ LayerName, LayerVersion }) => `${LayerName}:${LayerVersion}`)
      .join(' '),
    vpc: [VpcConfig?.VpcId, VpcConfig?.SubnetId].filter(Boolean).join(' '),
    role: live.Role ?? '',
    logs: [live.ClsLogsetId, live.ClsTopicId].filter(Boolean).join(' '),
    concurrency: concurrency?.DynamicEnabled === 'FALSE' ? String(concurrency.MaxConcurrency ?? 1) : '1',
  };
}

/** Requests that an instance of a web function gets at once: as many as its server has threads, many where it needs none. */
function concurrencyOf({ entry }: FunctionDeployment): number {
  if (entry.runtime === 'command') return 10;
  return entry.runtime === 'python' && entry.interface === 'wsgi' ? 8 : 50;
}

function refused(code: string, message: string, expected: string, got?: string): RopewayError {
  return new RopewayError({
    code,
    message: `${message}.`,
    expected,
    ...(got === undefined ? {} : { got }),
  });
}
