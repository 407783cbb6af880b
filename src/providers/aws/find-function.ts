import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import type { Labels, LiveFunction, LiveVersion } from '../types.ts';
import { routeText } from '../route-text.ts';
import type { Aws } from './aws.ts';
import { codeDigest, observedConfiguration, unpublishedDifferences } from './configuration.ts';
import { gatewayRoutesOf } from './gateway-look.ts';
import { labelsOfDescription, labelsOfTags } from './labels.ts';
import { look, type Seen } from './look.ts';
import { roleLabels } from './role.ts';
import { corsText } from './routes.ts';

/** What is there of a function, or of what was made for it before the function itself. */
export async function findFunction(aws: Aws, name: string): Promise<LiveFunction | undefined> {
  const seen = await look(aws, name);
  if (seen === undefined) return begun(aws, name);
  const owner = labelsOfTags(seen.tags);
  const version = seen.alias?.FunctionVersion;
  const serving = seen.versions.find(({ Version }) => Version === version);
  const canary = canaryOf(seen);
  const url = seen.url?.FunctionUrl;
  const throughGateways = await gatewayRoutesOf(aws, name, seen.statements);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    versions:
      seen.versions.length === 0
        ? // Whose it is has to be seen before anything is published.
          [liveVersion(seen.latest, owner)]
        : seen.versions.map((one) => liveVersion(one, owner)),
    ...(url === undefined ? {} : { url }),
    routes: [...(url === undefined ? [] : ['/*']), ...throughGateways.map(routeText)],
    ...(canary === undefined ? {} : { canary }),
    ...(serving === undefined
      ? {}
      : { observed: observed(seen, serving), observedEnv: serving.Environment?.Variables ?? {} }),
  };
}

/** The version that gets a share of the requests beside the one that serves. */
export function canaryOf({ alias }: Seen): { version: string; weight: number } | undefined {
  const [canary] = Object.entries(alias?.RoutingConfig?.AdditionalVersionWeights ?? {});
  return canary && { version: canary[0], weight: canary[1] };
}

/** A deployment was cut off when it had made no more than the role: a removal is to find that. */
async function begun(aws: Aws, name: string): Promise<LiveFunction | undefined> {
  const labels = await roleLabels(aws, name);
  if (labels === undefined) return undefined;
  return {
    name,
    versions: [{ version: '$LATEST', createdAt: new Date(0).toISOString(), labels }],
    routes: [],
  };
}

function liveVersion(version: FunctionConfiguration, owner: Labels): LiveVersion {
  return {
    version: version.Version!,
    createdAt: new Date(version.LastModified ?? 0).toISOString(),
    labels: Object.keys(owner).length === 0 ? {} : { ...owner, ...labelsOfDescription(version.Description) },
    code: codeDigest(version),
  };
}

function observed(seen: Seen, serving: FunctionConfiguration): Record<string, string> {
  const { url, reserved, provisioned, statements, latest } = seen;
  const cors = corsText(url?.Cors);
  return {
    ...observedConfiguration(serving),
    unpublished: unpublishedDifferences(latest, serving).join(' ') || 'nothing',
    url:
      url === undefined
        ? 'none'
        : [url.AuthType, url.InvokeMode ?? 'BUFFERED', ...(cors === '' ? [] : [cors])].join(' '),
    // Those of gateways come and go with the gateways.
    callers: statements
      .filter(({ Sid }) => !Sid.startsWith('ropeway-api-'))
      .map(({ Sid, Action }) => `${Sid} ${Action}`)
      .sort()
      .join(', '),
    reserved: reserved === undefined ? 'none' : String(reserved),
    ready: String(provisioned?.RequestedProvisionedConcurrentExecutions ?? 0),
    tags: JSON.stringify(Object.entries(seen.tags).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
