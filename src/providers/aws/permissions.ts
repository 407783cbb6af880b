import type { AddPermissionRequest } from '@aws-sdk/client-lambda';

import { gone, isThere } from './clients.ts';
import type { Aws } from './aws.ts';
import type { Statement } from './look.ts';
import { LIVE } from './names.ts';

/** A permission to call a function's alias, by its id. */
export type Permission = Pick<
  AddPermissionRequest,
  'StatementId' | 'Action' | 'Principal' | 'SourceArn' | 'FunctionUrlAuthType' | 'InvokedViaFunctionUrl'
>;

/** Gives those that are not given yet. */
export async function allow(
  aws: Aws,
  FunctionName: string,
  there: readonly Statement[],
  permissions: Permission[],
): Promise<void> {
  const lambda = await aws.clients.lambda();
  for (const permission of permissions) {
    if (there.some(({ Sid }) => Sid === permission.StatementId)) continue;
    try {
      await lambda.addPermission({ FunctionName, Qualifier: LIVE, ...permission });
    } catch (error) {
      // It was given meanwhile, or the answer to an earlier try was lost.
      if (!isThere(error)) throw error;
    }
  }
}

/** Takes away those that are there. */
export async function forbid(
  aws: Aws,
  FunctionName: string,
  there: readonly Statement[],
  ids: string[],
): Promise<void> {
  const lambda = await aws.clients.lambda();
  for (const StatementId of ids) {
    if (there.some(({ Sid }) => Sid === StatementId))
      await gone(lambda.removePermission({ FunctionName, Qualifier: LIVE, StatementId }));
  }
}
