import type { CodeSpec, RunningCode } from '../../types.ts';
import type { FunctionName, TencentContext } from '../context.ts';
import { APP_ID, UIN } from '../service.ts';
import type { FunctionRecord, VersionRecord } from './books.ts';
import { startOf } from './runtimes.ts';

/** What runs of the functions. Nothing starts before the first call, unless concurrency is provisioned. */
export interface RunningCodes {
  /** Throws `RopewayError` when the machine lacks what it takes. */
  get(wanted: FunctionName, record: FunctionRecord, version: VersionRecord): RunningCode;
  /** What `get` gave ends when it has answered; the next call gets what the books say then. */
  retire(wanted: FunctionName, version?: string): void;
  close(): Promise<void>;
}

/** Until a request whose body is still coming has reached what it was routed to. */
const GRACE_MS = 5000;
/** For calls in flight when the emulator ends. */
const CLOSING_SECONDS = 1;

export function openRunning({ platform }: TencentContext): RunningCodes {
  const running = new Map<string, RunningCode>();
  const retiring = new Map<RunningCode, (drainSeconds: number) => Promise<void>>();
  const keyOf = ({ region, namespace, name }: FunctionName, version: string): string =>
    `${region}/${namespace}/${name}/${version}`;

  const retire = (code: RunningCode): void => {
    const end = async (drainSeconds: number): Promise<void> => {
      clearTimeout(timer);
      retiring.delete(code);
      await code.close(drainSeconds);
    };
    const timer = setTimeout(() => void end(code.spec.limits.timeout), GRACE_MS);
    timer.unref();
    retiring.set(code, end);
  };

  return {
    get: (wanted, record, version) => {
      const key = keyOf(wanted, version.version);
      const found = running.get(key);
      if (found !== undefined) return found;
      const root = platform.packageFolder(version.code.digest) ?? '';
      const code = platform.run(specOf(wanted, record, version, root));
      running.set(key, code);
      return code;
    },
    retire: (wanted, version) => {
      const prefix = keyOf(wanted, version ?? '');
      for (const [key, code] of running) {
        if (version === undefined ? !key.startsWith(prefix) : key !== prefix) continue;
        running.delete(key);
        retire(code);
      }
    },
    close: async () => {
      const ended = [...running.values()].map((code) => code.close(CLOSING_SECONDS));
      running.clear();
      await Promise.all([...ended, ...[...retiring.values()].map((end) => end(CLOSING_SECONDS))]);
    },
  };
}

/** The name by which records and logs of a function go on the platform. */
export function platformName({ region, namespace, name }: FunctionName): string {
  return `tencent.${region}.${namespace}.${name}`;
}

function specOf(
  wanted: FunctionName,
  record: FunctionRecord,
  version: VersionRecord,
  root: string,
): CodeSpec {
  const { configuration, code } = version;
  const environment = environmentOf(wanted, record, version);
  return {
    name: platformName(wanted),
    version: version.version === '$LATEST' ? 0 : Number(version.version),
    code: code.digest,
    // Of two layers with the same file the cloud shows that of the later one; who searches them in order wants it first.
    layers: configuration.layers.map(({ digest }) => digest).toReversed(),
    start: startOf(record.runtime, record.type, configuration.handler),
    env: {
      ...Object.fromEntries(configuration.variables.map(({ Key, Value }) => [Key, Value])),
      ...environment,
      USER_CODE_ROOT: root,
    },
    limits: limitsOf(record, version),
    context: {
      function_name: wanted.name,
      function_version: version.version,
      memory_limit_in_mb: configuration.memory,
      time_limit_in_ms: configuration.timeout * 1000,
      namespace: wanted.namespace,
      tencentcloud_region: wanted.region,
      tencentcloud_appid: APP_ID,
      tencentcloud_uin: UIN,
      environment: JSON.stringify(
        Object.fromEntries([
          ...configuration.variables.map(({ Key, Value }) => [Key, Value] as const),
          ['SCF_NAMESPACE', wanted.namespace],
        ]),
      ),
      environ: [
        ...configuration.variables.map(({ Key, Value }) => `${Key}=${Value}`),
        `SCF_NAMESPACE=${wanted.namespace}`,
      ].join(';'),
    },
  };
}

/** What SCF sets in every function (https://cloud.tencent.com/document/product/583/30228), but for paths that only the cloud has. */
function environmentOf(
  { region, namespace, name }: FunctionName,
  { runtime, type }: FunctionRecord,
  { version, configuration }: VersionRecord,
): Record<string, string> {
  return {
    SCF_RUNTIME: runtime,
    SCF_FUNCTIONNAME: name,
    SCF_FUNCTIONVERSION: version,
    SCF_NAMESPACE: namespace,
    SCF_FUNCTIONMEMORY: String(configuration.memory),
    SCF_FUNCTIONTIMEOUT: String(configuration.timeout),
    SCF_HANDLER: configuration.handler,
    ...(type === 'HTTP' ? { SCF_FUNCTIONTYPE: 'HTTP' } : {}),
    TENCENTCLOUD_RUNENV: 'SCF',
    TENCENTCLOUD_REGION: region,
    TENCENTCLOUD_APPID: APP_ID,
    TENCENTCLOUD_UIN: UIN,
    TENCENTCLOUD_TZ: 'UTC',
  };
}

function limitsOf(
  { type, reserved, provisioned }: FunctionRecord,
  version: VersionRecord,
): CodeSpec['limits'] {
  const { memory, timeout, initTimeout, kept } = version.configuration;
  const { DynamicEnabled: dynamic = '', MaxConcurrency: most = 1 } = kept.InstanceConcurrencyConfig ?? {};
  const ready = provisioned[version.version]?.instances;
  return {
    memory,
    timeout,
    initTimeout,
    ...(reserved === undefined ? {} : { instances: Math.max(1, Math.floor(reserved / memory)) }),
    ...(ready === undefined ? {} : { minInstances: ready }),
    ...(type === 'HTTP' ? { concurrency: dynamic === '' ? 1 : most } : {}),
  };
}
