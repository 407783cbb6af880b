import { errorMessage, RopewayError } from '../../../lib/errors.ts';
import type { FunctionName, TencentContext } from '../context.ts';
import { allFunctions, allVersions, type FunctionRecord, type VersionRecord } from './books.ts';
import type { Ledger } from './ledger.ts';
import { publish } from './publish.ts';
import type { RunningCodes } from './running.ts';
import type { Zips } from './zips.ts';

/** What the cloud does after it has answered: Creating, Updating and Publishing become Active, or fail. */
export interface Settling {
  /** Sees to all of a function's versions that are on their way. Returns at once. */
  begin(wanted: FunctionName): void;
  beginLayer(region: string, name: string, version: number): void;
  /** Sees to what was on its way when the emulator ended. */
  resume(): void;
  /** Resolves when nothing is on its way. */
  close(): Promise<void>;
}

interface SettlingOptions {
  context: TencentContext;
  ledger: Ledger;
  zips: Zips;
  running: RunningCodes;
}

/** So that clients that do not wait are found out, and those that do need not wait long. */
const SETTLE_MS = 40;
/** Of code and layers together. */
const UNPACKED_BYTES = 500 * 1024 * 1024;

const ON_THE_WAY = new Set(['Creating', 'Updating', 'Publishing']);

interface Failure {
  ErrorCode: string;
  ErrorMessage: string;
}

export function openSettling({ context, ledger, zips, running }: SettlingOptions): Settling {
  const jobs = new Set<Promise<void>>();
  const start = (job: () => Promise<void>): void => {
    const begun: Promise<void> = new Promise<void>((resolve) => setTimeout(resolve, SETTLE_MS))
      .then(job)
      // What went away meanwhile needs no settling.
      .catch((error: unknown) => {
        if (!isGone(error)) context.onNotice(`a change of status failed: ${errorMessage(error)}`);
      })
      .finally(() => jobs.delete(begun));
    jobs.add(begun);
  };

  /** Unpacks what a version needs, and looks whether the platform takes it. */
  const prepare = async (wanted: FunctionName, version: VersionRecord): Promise<Failure | undefined> => {
    try {
      const digests = [version.code.digest, ...version.configuration.layers.map(({ digest }) => digest)];
      let bytes = 0;
      for (const digest of digests) bytes += (await zips.unpack(digest)).unpackedBytes ?? 0;
      if (bytes > UNPACKED_BYTES)
        return {
          ErrorCode: 'InvalidCode',
          ErrorMessage: `Code and layers have ${bytes} bytes unpacked; ${UNPACKED_BYTES} at most.`,
        };
      running.retire(wanted, version.version);
      running.get(wanted, ledger.find(wanted), version);
      return undefined;
    } catch (error) {
      if (!(error instanceof RopewayError)) throw error;
      const code = error.code === 'RUNTIME_MISSING' ? 'RuntimeMissing' : 'InvalidCode';
      return { ErrorCode: code, ErrorMessage: [error.message, error.fix].filter(Boolean).join(' ') };
    }
  };

  const settle = async (wanted: FunctionName): Promise<void> => {
    for (const { version, status } of allVersions(ledger.find(wanted))) {
      if (!ON_THE_WAY.has(status)) continue;
      const found = allVersions(ledger.find(wanted)).find((one) => one.version === version)!;
      const failure = await prepare(wanted, found);
      const published = await ledger.change(wanted, (draft) =>
        finish(draft, version, failure, context.now()),
      );
      if (failure !== undefined) running.retire(wanted, version);
      if (published) start(() => settle(wanted));
    }
  };

  const settleLayer = async (region: string, name: string, version: number): Promise<void> => {
    const found = ledger.region(region).layers[name]?.versions.find((one) => one.version === version);
    if (found === undefined) return;
    const isGood = await zips.unpack(found.code.digest).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RopewayError) return false;
        throw error;
      },
    );
    await ledger.changeRegion(region, ({ layers }) => {
      const draft = layers[name]?.versions.find((one) => one.version === version);
      if (draft !== undefined) draft.status = isGood ? 'Active' : 'PublishFailed';
    });
  };

  const settling: Settling = {
    begin: (wanted) => start(() => settle(wanted)),
    beginLayer: (region, name, version) => start(() => settleLayer(region, name, version)),
    resume: () => {
      const books = ledger.books();
      for (const { record, ...wanted } of allFunctions(books))
        if (allVersions(record).some(({ status }) => ON_THE_WAY.has(status))) settling.begin(wanted);
      for (const [region, { layers }] of Object.entries(books.regions))
        for (const [name, { versions }] of Object.entries(layers))
          for (const { version, status } of versions)
            if (status === 'Publishing') settling.beginLayer(region, name, version);
    },
    close: async () => {
      while (jobs.size > 0) await Promise.all(jobs);
    },
  };
  return settling;
}

/** Whether a version was published on top. */
function finish(draft: FunctionRecord, name: string, failure: Failure | undefined, now: number): boolean {
  const version = allVersions(draft).find((one) => one.version === name);
  if (version === undefined) return false;
  const { before, publishes = false } = version;
  delete version.before;
  delete version.publishes;
  version.modTime = now;
  version.reasons = failure === undefined ? [] : [failure];
  if (failure !== undefined) {
    const was = version.status;
    version.status =
      was === 'Creating' ? 'CreateFailed' : was === 'Updating' ? 'UpdateFailed' : 'PublishFailed';
    if (before !== undefined) Object.assign(version, before);
    return false;
  }
  version.status = 'Active';
  if (publishes) publish(draft, '', now);
  return publishes;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'TencentError';
}
