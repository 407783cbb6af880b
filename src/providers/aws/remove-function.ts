import type { Aws } from './aws.ts';
import { gone } from './clients.ts';
import { removeUrl } from './function-url.ts';
import { pruneLayers } from './layers.ts';
import { look } from './look.ts';
import { logGroup } from './names.ts';
import { removeRole, roleLabels } from './role.ts';

/**
 * Removes a function and all that was made for it. The function goes last: as long as it is there, a removal that was cut off is seen to be
 * unfinished. False when nothing was there.
 */
export async function removeFunction(aws: Aws, FunctionName: string): Promise<boolean> {
  const seen = await look(aws, FunctionName);
  const isBegun = seen === undefined && (await roleLabels(aws, FunctionName)) !== undefined;
  if (seen === undefined && !isBegun) return false;
  if (seen !== undefined) await removeUrl(aws, FunctionName, seen);
  await pruneLayers(aws, FunctionName, []);
  await gone((await aws.clients.logs()).deleteLogGroup({ logGroupName: logGroup(FunctionName) }));
  await removeRole(aws, FunctionName);
  if (seen !== undefined) await gone((await aws.clients.lambda()).deleteFunction({ FunctionName }));
  return true;
}
