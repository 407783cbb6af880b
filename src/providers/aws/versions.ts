import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import { RopewayError } from '../../lib/errors.ts';
import { pollUntil } from '../polling.ts';
import type { Aws } from './aws.ts';
import { gone, orUndefined } from './clients.ts';
import { listVersions } from './look.ts';

/** Versions that are kept, to go back to. Those that an alias names are kept anyway. */
const KEPT = 10;
/** A version with SnapStart is started once before it is ready, and a VPC's interfaces take their time. */
const READY_MS = 10 * 60_000;

/** Resolves when a function, or a version of it, can be changed and called. Rejects with CLOUD_TOO_SLOW, APP_NOT_LOADED, CLOUD_REFUSED. */
export async function untilReady(aws: Aws, FunctionName: string, Qualifier?: string): Promise<void> {
  const lambda = await aws.clients.lambda();
  const what = `${FunctionName}${Qualifier === undefined ? '' : ` version ${Qualifier}`}`;
  await pollUntil(
    async () => {
      const found = await lambda.getFunctionConfiguration({
        FunctionName,
        ...(Qualifier === undefined ? {} : { Qualifier }),
      });
      const { State = 'Active', LastUpdateStatus = 'Successful' } = found;
      if (State === 'Failed' || LastUpdateStatus === 'Failed') throw failed(what, found);
      return State === 'Pending' || LastUpdateStatus === 'InProgress' ? undefined : true;
    },
    {
      signal: aws.signal,
      withinMs: READY_MS,
      tooLate: () =>
        new RopewayError({
          code: 'CLOUD_TOO_SLOW',
          message: `Lambda is still not done with ${what} after ${READY_MS / 60_000} minutes.`,
          fault: 'system',
          fix: 'ropeway deploy goes on where this ended',
        }),
    },
  );
}

/** Makes a version of what there is; Lambda gives the last one when nothing has changed since. Its number. */
export async function publishVersion(aws: Aws, FunctionName: string): Promise<string> {
  const lambda = await aws.clients.lambda();
  const { Version } = await lambda.publishVersion({ FunctionName });
  await untilReady(aws, FunctionName, Version);
  return Version!;
}

/** Removes old versions that no alias names. Returns those that are left, and what can still be changed. */
export async function pruneVersions(aws: Aws, FunctionName: string): Promise<FunctionConfiguration[]> {
  const lambda = await aws.clients.lambda();
  const [versions, named, latest] = await Promise.all([
    listVersions(aws, FunctionName),
    namedVersions(aws, FunctionName),
    orUndefined(lambda.getFunctionConfiguration({ FunctionName })),
  ]);
  const old = versions.slice(0, -KEPT).filter(({ Version }) => !named.has(Version!));
  for (const { Version } of old) await gone(lambda.deleteFunction({ FunctionName, Qualifier: Version }));
  return [...versions.filter((one) => !old.includes(one)), ...(latest === undefined ? [] : [latest])];
}

/** Versions to which any alias leads, be it with a share of the requests. */
async function namedVersions(aws: Aws, FunctionName: string): Promise<Set<string>> {
  const lambda = await aws.clients.lambda();
  const named = new Set<string>();
  let Marker: string | undefined;
  do {
    const page = await lambda.listAliases({ FunctionName, ...(Marker === undefined ? {} : { Marker }) });
    for (const { FunctionVersion, RoutingConfig } of page.Aliases ?? []) {
      named.add(FunctionVersion!);
      for (const version of Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})) named.add(version);
    }
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return named;
}

function failed(what: string, found: FunctionConfiguration): RopewayError {
  const code = found.StateReasonCode ?? found.LastUpdateStatusReasonCode ?? '';
  const reason = found.StateReason ?? found.LastUpdateStatusReason ?? 'for no reason that is known';
  // With SnapStart the app is loaded when the version is made.
  const isApp = /^(FunctionError|DisallowedRuntime|InvalidRuntime)/.test(code);
  return new RopewayError({
    code: isApp ? 'APP_NOT_LOADED' : 'CLOUD_REFUSED',
    message: isApp ? `The app of ${what} does not load on AWS Lambda.` : `Lambda could not make ${what}.`,
    got: `${code}: ${reason}`,
  });
}
