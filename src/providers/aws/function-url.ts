import type { FunctionUrlConfig } from '@aws-sdk/client-lambda';

import type { FunctionDeployment } from '../types.ts';
import { gone, isThere } from './clients.ts';
import type { Aws } from './aws.ts';
import type { Seen } from './look.ts';
import { LIVE } from './names.ts';
import { allow, forbid, type Permission } from './permissions.ts';
import { corsOf, corsText, ownRoute } from './routes.ts';

/** Anyone may call a function URL by both of these, and by neither alone. */
const PUBLIC: Permission[] = [
  {
    StatementId: 'ropeway-url',
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  },
  {
    StatementId: 'ropeway-url-invoke',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    InvokedViaFunctionUrl: true,
  },
];

/** Gives the alias an address, changes the one that it has, or takes it away. Returns the address, if it has one then. */
export async function ensureUrl(
  aws: Aws,
  deployment: FunctionDeployment,
  { url: found, statements }: Pick<Seen, 'url' | 'statements'>,
): Promise<string | undefined> {
  const { name, routes, cloud } = deployment;
  if (routes === undefined) return found?.FunctionUrl;
  const route = ownRoute('function', name, routes);
  if (route === undefined) {
    await removeUrl(aws, name, { ...(found === undefined ? {} : { url: found }), statements });
    return undefined;
  }
  const isPublic = cloud!.settings.auth !== 'iam';
  const wanted = {
    FunctionName: name,
    Qualifier: LIVE,
    AuthType: isPublic ? ('NONE' as const) : ('AWS_IAM' as const),
    InvokeMode: canStream(deployment) ? ('RESPONSE_STREAM' as const) : ('BUFFERED' as const),
    // An empty one takes away what was there.
    Cors: corsOf(route.cors) ?? {},
  };
  let url = found?.FunctionUrl;
  const lambda = await aws.clients.lambda();
  if (found === undefined) {
    try {
      url = (await lambda.createFunctionUrlConfig(wanted)).FunctionUrl;
    } catch (error) {
      // The answer to an earlier try was lost.
      if (!isThere(error)) throw error;
      url = (await lambda.updateFunctionUrlConfig(wanted)).FunctionUrl;
    }
  } else if (urlText(found) !== urlText(wanted)) await lambda.updateFunctionUrlConfig(wanted);
  if (isPublic) await allow(aws, name, statements, PUBLIC);
  else await forbid(aws, name, statements, idsOf(PUBLIC));
  return url;
}

export async function removeUrl(
  aws: Aws,
  name: string,
  { url, statements }: Pick<Seen, 'url' | 'statements'>,
): Promise<void> {
  await forbid(aws, name, statements, idsOf(PUBLIC));
  if (url === undefined) return;
  const lambda = await aws.clients.lambda();
  await gone(lambda.deleteFunctionUrlConfig({ FunctionName: name, Qualifier: LIVE }));
}

/**
 * Whether answers come in parts: those of the Lambda Web Adapter do, and those of a handler that packaging has made for it (`…stream_handler`). To any other
 * handler a URL in this mode would give its result as it is, status and headers in the body.
 */
export function canStream({ stream, entry, cloud }: FunctionDeployment): boolean {
  if (!stream) return false;
  return entry.runtime === 'command' || cloud!.handler.endsWith('.stream_handler');
}

type UrlSettings = Pick<FunctionUrlConfig, 'AuthType' | 'InvokeMode' | 'Cors'>;

function urlText({ AuthType, InvokeMode = 'BUFFERED', Cors }: UrlSettings): string {
  return `${AuthType} ${InvokeMode} ${corsText(Cors)}`;
}

function idsOf(permissions: Permission[]): string[] {
  return permissions.map(({ StatementId }) => StatementId!);
}
