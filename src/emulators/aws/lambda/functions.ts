import { randomUUID } from 'node:crypto';

import { AwsError } from '../service.ts';
import type { Books, Code, Fn, Revision } from './books.ts';
import { changedConfig, readConfig, shownConfiguration } from './configuration.ts';
import {
  changeFunction,
  conflict,
  type Desk,
  findFunction,
  findRevision,
  invalid,
  json,
  type LambdaCall,
  nothing,
  type Operation,
  page,
  refOf,
} from './desk.ts';
import { functionArn, functionKey, functionRef, stamp } from './names.ts';
import { layerDigest } from './running.ts';

/** Milliseconds in which a function becomes active, or an update is done. */
const SETTLE_MS = 60;
/** Bytes of a zip in a call. */
const MOST_ZIP = 50 * 1024 * 1024;

export const createFunction: Operation = async (desk, { input, region }) => {
  const { context, store } = desk;
  const ref = functionRef(String(input['FunctionName'] ?? ''), region);
  const config = readConfig(input);
  checkLayers(store.current(), config.Layers);
  refuseExisting(store.current(), ref);
  const code = await readCode(desk, (input['Code'] as Record<string, unknown> | undefined) ?? {});
  const now = context.now();
  const revision = newRevision('$LATEST', code, config, now);
  const fn: Fn = {
    name: ref.name,
    region: ref.region,
    latest: revision,
    versions: [],
    nextVersion: 1,
    aliases: {},
    urls: {},
    policies: {},
    provisioned: {},
    eventInvoke: {},
    tags: (input['Tags'] as Record<string, string> | undefined) ?? {},
  };
  const made = await store.change((books) => {
    refuseExisting(books, ref);
    const published = input['Publish'] === true ? publish(fn, now, {}).fn : fn;
    return {
      value: { ...books, functions: { ...books.functions, [functionKey(ref)]: published } },
      result: published,
    };
  });
  return json(201, shown(desk, made, input['Publish'] === true ? made.versions.at(-1)! : made.latest));
};

export const getFunction: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  const revision = findRevision(fn, ref.qualifier);
  const { digest } = revision.code;
  return json(200, {
    Configuration: shown(desk, fn, revision, ref.qualifier),
    Code: { RepositoryType: 'S3', Location: `${desk.context.baseUrl()}/_code/${digest}.zip` },
    ...(Object.keys(fn.tags).length === 0 ? {} : { Tags: fn.tags }),
    ...(fn.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: fn.reserved } }),
  });
};

export const getFunctionConfiguration: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  return json(200, shown(desk, fn, findRevision(fn, ref.qualifier), ref.qualifier));
};

export const updateFunctionCode: Operation = async (desk, call) => {
  const { input } = call;
  const ref = refOf(call);
  const { latest } = findFunction(desk.store.current(), ref);
  refuseBusy(desk, latest, ref.name);
  const code = await readCode(desk, input);
  const { Architectures } = input;
  const architectures = Array.isArray(Architectures) ? { Architectures: Architectures as string[] } : {};
  return update(desk, call, (before) => ({
    ...before,
    code,
    config: { ...before.config, ...architectures },
  }));
};

export const updateFunctionConfiguration: Operation = (desk, call) =>
  update(desk, call, (before) => {
    const config = changedConfig(before.config, call.input);
    checkLayers(desk.store.current(), config.Layers);
    return { ...before, config };
  });

export const deleteFunction: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  await desk.store.change((books) => {
    const fn = findFunction(books, ref);
    if (qualifier === '') {
      const { [functionKey(ref)]: _, ...functions } = books.functions;
      return { value: { ...books, functions }, result: undefined };
    }
    if (qualifier === '$LATEST')
      throw invalid('$LATEST version cannot be deleted without deleting the function.');
    if (fn.aliases[qualifier] !== undefined) throw invalid(`Cannot delete alias ${qualifier} this way.`);
    const [named] = Object.entries(fn.aliases).find(
      ([, { version, weights }]) => version === qualifier || qualifier in weights,
    ) ?? [''];
    if (named !== '')
      throw conflict(
        `Version ${qualifier} of the function is used by alias ${functionArn(fn, named)} and cannot be deleted.`,
      );
    const versions = fn.versions.filter(({ version }) => version !== qualifier);
    return {
      value: { ...books, functions: { ...books.functions, [functionKey(ref)]: { ...fn, versions } } },
      result: undefined,
    };
  });
  await settle(desk);
  return nothing();
};

export const listFunctions: Operation = (desk, { parameters, region }) => {
  const { functions } = desk.store.current();
  const all = Object.values(functions)
    .filter((fn) => fn.region === region)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((fn) =>
      parameters.get('FunctionVersion') === 'ALL'
        ? [fn.latest, ...fn.versions].map((one) => shown(desk, fn, one, one.version))
        : [shown(desk, fn, fn.latest)],
    );
  const { items, more } = page(all, parameters, 'NextMarker');
  return json(200, { Functions: items, ...more });
};

export const publishVersion: Operation = async (desk, call) => {
  const { input } = call;
  const ref = refOf(call);
  const now = desk.context.now();
  const { fn, result } = await changeFunction(desk, ref, (before) => {
    refuseBusy(desk, before.latest, ref.name);
    const published = publish(before, now, input);
    return { fn: published.fn, result: { fn: published.fn, result: published.revision } };
  });
  return json(201, shown(desk, fn, result, result.version));
};

export const listVersions: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  const all = [fn.latest, ...fn.versions].map((one) => shown(desk, fn, one, one.version));
  const { items, more } = page(all, call.parameters, 'NextMarker');
  return json(200, { Versions: items, ...more });
};

/** Of a revision, as answers show it. */
export function shown(desk: Desk, fn: Fn, revision: Revision, qualifier?: string): Record<string, unknown> {
  const books = desk.store.current();
  const bytesOf = (arn: string): number => {
    const digest = layerDigest(books, arn);
    const versions = Object.values(books.layers).flatMap((layer) => layer.versions);
    return versions.find(({ code }) => code.digest === digest)?.code.bytes ?? 0;
  };
  return shownConfiguration(fn, revision, desk.context.now(), bytesOf, qualifier);
}

/** What runs follows the books, and what nobody needs goes. */
export async function settle({ store, calls, urls, zips }: Desk): Promise<void> {
  const books = store.current();
  calls.apply(books);
  await urls.apply();
  await zips.sweep(keptDigests(books));
}

export function keptDigests({ functions, layers }: Books): Set<string> {
  const revisions = Object.values(functions).flatMap((fn) => [fn.latest, ...fn.versions]);
  return new Set([
    ...revisions.map(({ code }) => code.digest),
    ...Object.values(layers).flatMap(({ versions }) => versions.map(({ code }) => code.digest)),
  ]);
}

/** Throws ResourceConflictException while an update is going on. */
export function refuseBusy({ context }: Desk, { activeAt, updatedAt }: Revision, name: string): void {
  const now = context.now();
  if (now >= activeAt && (updatedAt === undefined || now >= updatedAt)) return;
  throw conflict(
    now < activeAt
      ? `The operation cannot be performed at this time. The function is currently in the following state: Pending`
      : `The operation cannot be performed at this time. An update is in progress for resource: ${name}`,
  );
}

async function update(
  desk: Desk,
  call: LambdaCall,
  make: (before: Revision) => Revision,
): Promise<ReturnType<typeof json>> {
  const { input } = call;
  const ref = refOf(call);
  const now = desk.context.now();
  if (input['DryRun'] === true) {
    const fn = findFunction(desk.store.current(), ref);
    return json(200, shown(desk, fn, make(fn.latest)));
  }
  const { fn, revision } = await changeFunction(desk, ref, (before) => {
    refuseBusy(desk, before.latest, ref.name);
    refuseOldRevision(input['RevisionId'], before.latest);
    const latest = {
      ...make(before.latest),
      lastModified: stamp(now),
      revisionId: randomUUID(),
      updatedAt: now + SETTLE_MS,
    };
    const changed = { ...before, latest };
    const published =
      input['Publish'] === true ? publish(changed, now, {}) : { fn: changed, revision: latest };
    return { fn: published.fn, result: published };
  });
  await settle(desk);
  return json(200, shown(desk, fn, revision));
}

/** The same version again when nothing has changed since. */
function publish(fn: Fn, now: number, input: Record<string, unknown>): { fn: Fn; revision: Revision } {
  const { latest, versions, nextVersion } = fn;
  const sum = Buffer.from(latest.code.digest, 'hex').toString('base64');
  const wanted = input['CodeSha256'];
  if (wanted !== undefined && wanted !== '' && wanted !== sum)
    throw invalid(
      `CodeSHA256 (${String(wanted)}) is different from current CodeSHA256 in $LATEST (${sum}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  refuseOldRevision(input['RevisionId'], latest);
  const last = versions.at(-1);
  // A function's description is part of its configuration; one that was given to a version alone is not.
  const isSame =
    last !== undefined &&
    JSON.stringify([last.code, { ...last.config, Description: last.from ?? last.config.Description }]) ===
      JSON.stringify([latest.code, latest.config]);
  if (isSame) return { fn, revision: last };
  const description =
    input['Description'] === undefined ? latest.config.Description : String(input['Description']);
  const config = { ...latest.config, Description: description };
  const revision = {
    ...newRevision(String(nextVersion), latest.code, config, now),
    from: latest.config.Description,
  };
  return { fn: { ...fn, versions: [...versions, revision], nextVersion: nextVersion + 1 }, revision };
}

function newRevision(version: string, code: Code, config: Revision['config'], now: number): Revision {
  return {
    version,
    code,
    config,
    lastModified: stamp(now),
    revisionId: randomUUID(),
    activeAt: now + SETTLE_MS,
  };
}

export function refuseOldRevision(given: unknown, { revisionId }: { revisionId: string }): void {
  if (given === undefined || given === '' || given === revisionId) return;
  throw new AwsError(
    412,
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { Type: 'User' },
  );
}

function refuseExisting({ functions }: Books, ref: { region: string; name: string }): void {
  if (functions[functionKey(ref)] !== undefined) throw conflict(`Function already exist: ${ref.name}`);
}

function checkLayers(books: Books, arns: string[]): void {
  if (arns.length > 5) throw invalid('You cannot reference more than 5 layers.');
  const missing = arns.find((arn) => layerDigest(books, arn) === undefined);
  if (missing !== undefined) throw invalid(`Layer version ${missing} does not exist.`);
}

/** The zip that a call brings, or names in S3. Rejects with InvalidParameterValueException. */
export async function readCode({ context, zips }: Desk, given: Record<string, unknown>): Promise<Code> {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri } = given;
  if (ImageUri !== undefined) throw invalid('Functions of container images do not run here.');
  if (typeof ZipFile === 'string') {
    const zip = Buffer.from(ZipFile, 'base64');
    if (zip.length > MOST_ZIP)
      throw new AwsError(
        413,
        'RequestEntityTooLargeException',
        `Request must be smaller than ${MOST_ZIP} bytes for the CreateFunction operation`,
      );
    return zips.add(zip);
  }
  if (typeof S3Bucket !== 'string' || typeof S3Key !== 'string')
    throw invalid('Please provide a source for function code.');
  const version = S3ObjectVersion === undefined ? undefined : String(S3ObjectVersion);
  const content = await context.peers.objects?.read(S3Bucket, S3Key, version);
  if (content === undefined)
    throw invalid(
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    );
  return zips.add(content);
}
