import type { AliasConfiguration } from '@aws-sdk/client-lambda';

import { RopewayError } from '../../lib/errors.ts';
import type { Traffic } from '../types.ts';
import type { Aws } from './aws.ts';
import { awsCode, isThere, orUndefined } from './clients.ts';
import { LIVE } from './names.ts';

/** Lets the alias lead to a version, and a share of the requests to another one. Does nothing when it does already. */
export async function setAlias(
  aws: Aws,
  FunctionName: string,
  { version, canary }: Traffic,
  there: AliasConfiguration | undefined,
): Promise<void> {
  const lambda = await aws.clients.lambda();
  const weights = canary === undefined ? {} : { [canary.version]: canary.weight };
  const wanted = {
    FunctionName,
    Name: LIVE,
    FunctionVersion: version,
    RoutingConfig: { AdditionalVersionWeights: weights },
  };
  if (there === undefined) {
    try {
      await lambda.createAlias(wanted);
      return;
    } catch (error) {
      // The answer to an earlier try was lost.
      if (!isThere(error)) throw error;
    }
  } else if (isSame(there, version, weights)) return;
  await lambda.updateAlias(wanted);
}

/** `setTraffic` of the provider. Rejects with NOT_DEPLOYED, NO_SUCH_VERSION. */
export async function setTraffic(aws: Aws, FunctionName: string, traffic: Traffic): Promise<void> {
  const lambda = await aws.clients.lambda();
  const there = await orUndefined(lambda.getAlias({ FunctionName, Name: LIVE }));
  try {
    await setAlias(aws, FunctionName, traffic, there);
  } catch (error) {
    if (awsCode(error) !== 'ResourceNotFoundException') throw error;
    const { version, canary } = traffic;
    throw new RopewayError({
      code: 'NO_SUCH_VERSION',
      message: `Function ${FunctionName} has no version ${[version, canary?.version].filter(Boolean).join(' or ')}.`,
      fix: 'ropeway info shows the versions that there are',
      cause: error,
    });
  }
}

function isSame(
  { FunctionVersion, RoutingConfig }: AliasConfiguration,
  version: string,
  weights: Record<string, number>,
): boolean {
  const now = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  const [wanted] = Object.entries(weights);
  if (FunctionVersion !== version || now.length !== (wanted === undefined ? 0 : 1)) return false;
  return wanted === undefined || (now[0]![0] === wanted[0] && now[0]![1] === wanted[1]);
}
