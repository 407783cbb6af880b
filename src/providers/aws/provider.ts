import type { Provider } from '../types.ts';
import { setTraffic } from './alias.ts';
import { openAws } from './aws.ts';
import { invoke } from './call.ts';
import { deployFunction } from './deploy-function.ts';
import { findFunction } from './find-function.ts';
import { deployGateway, removeGateway } from './gateway.ts';
import { functionOfRoute } from './gateway-look.ts';
import { readLogs } from './logs.ts';
import { LIVE } from './names.ts';
import type { AwsOptions } from './options.ts';
import { removeFunction } from './remove-function.ts';
import { deploySite, findSite, removeSite } from './site.ts';

export type { AwsOptions };

/**
 * Deploys to AWS: functions to Lambda, gateways to API Gateway, sites to S3. What it calls, and what a user has to be allowed for it, is in `actions.ts`
 * and `policy.json`; see docs/aws.md. The SDK is loaded when something is called.
 */
export function awsProvider(options: AwsOptions): Provider {
  const aws = openAws(options);
  return {
    name: 'aws',
    region: options.region,
    findFunction: (name) => findFunction(aws, name),
    deployFunction: (deployment) => deployFunction(aws, deployment),
    setTraffic: (name, traffic) => setTraffic(aws, name, traffic),
    removeFunction: (name) => removeFunction(aws, name),
    invoke: (name, event) => invoke(aws, name, LIVE, event),
    logs: (name, query) => readLogs(aws, name, query),
    // Every function and site has an address of its own: it is in nobody's way. Only in a gateway are there routes of several.
    ownerOfRoute: async (route, gateway) =>
      gateway === undefined ? undefined : functionOfRoute(aws, gateway, route),
    deployGateway: (deployment) => deployGateway(aws, deployment),
    removeGateway: (routes, name) => removeGateway(aws, routes, name),
    deploySite: (deployment) => deploySite(aws, deployment),
    findSite: (name) => findSite(aws, name),
    removeSite: (name) => removeSite(aws, name),
  };
}
