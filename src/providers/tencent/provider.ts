import type { Provider } from '../types.ts';
import { setTraffic } from './alias.ts';
import { invoke } from './call.ts';
import { deployFunction } from './deploy-function.ts';
import { functionOfRoute } from './domains.ts';
import { findFunction } from './find-function.ts';
import { deployGateway, removeGateway } from './gateway.ts';
import { readLogs } from './logs.ts';
import type { TencentOptions } from './options.ts';
import { removeFunction } from './remove-function.ts';
import { deploySite, findSite, removeSite } from './site.ts';
import { openTencent } from './tencent.ts';

export type { TencentOptions };

/**
 * Deploys to Tencent Cloud: functions to SCF, gateways to its custom domains, sites to COS. What it calls, and what a user has to be allowed for it, is in
 * `actions.ts` and `policy.json`; see docs/tencent.md. The SDKs are loaded when something is called.
 */
export function tencentProvider(options: TencentOptions): Provider {
  const tencent = openTencent(options);
  return {
    name: 'tencent',
    region: options.region,
    findFunction: (name) => findFunction(tencent, name),
    deployFunction: (deployment) => deployFunction(tencent, deployment),
    setTraffic: (name, traffic) => setTraffic(tencent, name, traffic),
    removeFunction: (name) => removeFunction(tencent, name),
    invoke: (name, event) => invoke(tencent, name, event),
    logs: (name, query) => readLogs(tencent, name, query),
    // Every function and site has an address of its own: it is in nobody's way. Only on a domain are there routes of several.
    ownerOfRoute: async (route) => (route.host === undefined ? undefined : functionOfRoute(tencent, route)),
    deployGateway: (deployment) => deployGateway(tencent, deployment),
    removeGateway: (routes) => removeGateway(tencent, routes),
    deploySite: (deployment) => deploySite(tencent, deployment),
    findSite: (name) => findSite(tencent, name),
    removeSite: (name) => removeSite(tencent, name),
  };
}
