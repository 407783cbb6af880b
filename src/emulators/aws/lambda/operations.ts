import type { ApiCall } from '../../server.ts';
import * as aliases from './aliases.ts';
import * as concurrency from './concurrency.ts';
import type { Operation } from './desk.ts';
import * as functions from './functions.ts';
import { invoke, invokeAsync, invokeStreaming } from './invoke.ts';
import * as layers from './layers.ts';
import * as others from './others.ts';
import * as permissions from './permissions.ts';
import * as urls from './url-configs.ts';

interface Known {
  name: string;
  method: string;
  pattern: RegExp;
  keys: string[];
  run: Operation;
}

const F = '/2015-03-31/functions/{name}';

/** All operations, by method and path (botocore, lambda 2015-03-31). */
const OPERATIONS: readonly Known[] = [
  one('CreateFunction', 'POST /2015-03-31/functions', functions.createFunction),
  one('ListFunctions', 'GET /2015-03-31/functions', functions.listFunctions),
  one('GetFunction', `GET ${F}`, functions.getFunction),
  one('DeleteFunction', `DELETE ${F}`, functions.deleteFunction),
  one('UpdateFunctionCode', `PUT ${F}/code`, functions.updateFunctionCode),
  one('GetFunctionConfiguration', `GET ${F}/configuration`, functions.getFunctionConfiguration),
  one('UpdateFunctionConfiguration', `PUT ${F}/configuration`, functions.updateFunctionConfiguration),
  one('PublishVersion', `POST ${F}/versions`, functions.publishVersion),
  one('ListVersionsByFunction', `GET ${F}/versions`, functions.listVersions),
  one('CreateAlias', `POST ${F}/aliases`, aliases.createAlias),
  one('ListAliases', `GET ${F}/aliases`, aliases.listAliases),
  one('GetAlias', `GET ${F}/aliases/{alias}`, aliases.getAlias),
  one('UpdateAlias', `PUT ${F}/aliases/{alias}`, aliases.updateAlias),
  one('DeleteAlias', `DELETE ${F}/aliases/{alias}`, aliases.deleteAlias),
  one('AddPermission', `POST ${F}/policy`, permissions.addPermission),
  one('GetPolicy', `GET ${F}/policy`, permissions.getPolicy),
  one('RemovePermission', `DELETE ${F}/policy/{sid}`, permissions.removePermission),
  one('Invoke', `POST ${F}/invocations`, invoke),
  one('InvokeAsync', 'POST /2014-11-13/functions/{name}/invoke-async', invokeAsync),
  one(
    'InvokeWithResponseStream',
    'POST /2021-11-15/functions/{name}/response-streaming-invocations',
    invokeStreaming,
  ),
  one('CreateFunctionUrlConfig', 'POST /2021-10-31/functions/{name}/url', urls.createUrl),
  one('GetFunctionUrlConfig', 'GET /2021-10-31/functions/{name}/url', urls.getUrl),
  one('UpdateFunctionUrlConfig', 'PUT /2021-10-31/functions/{name}/url', urls.updateUrl),
  one('DeleteFunctionUrlConfig', 'DELETE /2021-10-31/functions/{name}/url', urls.deleteUrl),
  one('ListFunctionUrlConfigs', 'GET /2021-10-31/functions/{name}/urls', urls.listUrls),
  one('PutFunctionConcurrency', 'PUT /2017-10-31/functions/{name}/concurrency', concurrency.putReserved),
  one(
    'DeleteFunctionConcurrency',
    'DELETE /2017-10-31/functions/{name}/concurrency',
    concurrency.deleteReserved,
  ),
  one('GetFunctionConcurrency', 'GET /2019-09-30/functions/{name}/concurrency', concurrency.getReserved),
  one(
    'ListProvisionedConcurrencyConfigs',
    'GET /2019-09-30/functions/{name}/provisioned-concurrency?List=ALL',
    concurrency.listProvisioned,
  ),
  one(
    'PutProvisionedConcurrencyConfig',
    'PUT /2019-09-30/functions/{name}/provisioned-concurrency',
    concurrency.putProvisioned,
  ),
  one(
    'GetProvisionedConcurrencyConfig',
    'GET /2019-09-30/functions/{name}/provisioned-concurrency',
    concurrency.getProvisioned,
  ),
  one(
    'DeleteProvisionedConcurrencyConfig',
    'DELETE /2019-09-30/functions/{name}/provisioned-concurrency',
    concurrency.deleteProvisioned,
  ),
  one('PublishLayerVersion', 'POST /2018-10-31/layers/{layer}/versions', layers.publishLayer),
  one('ListLayerVersions', 'GET /2018-10-31/layers/{layer}/versions', layers.listLayerVersions),
  one('GetLayerVersion', 'GET /2018-10-31/layers/{layer}/versions/{number}', layers.getLayer),
  one('DeleteLayerVersion', 'DELETE /2018-10-31/layers/{layer}/versions/{number}', layers.deleteLayer),
  one('GetLayerVersionByArn', 'GET /2018-10-31/layers?find=LayerVersion', layers.getLayerByArn),
  one('ListLayers', 'GET /2018-10-31/layers', layers.listLayers),
  one('ListTags', 'GET /2017-03-31/tags/{arn}', others.listTags),
  one('TagResource', 'POST /2017-03-31/tags/{arn}', others.tag),
  one('UntagResource', 'DELETE /2017-03-31/tags/{arn}', others.untag),
  one('GetAccountSettings', 'GET /2016-08-19/account-settings', others.accountSettings),
  one('CreateEventSourceMapping', 'POST /2015-03-31/event-source-mappings', others.createEventSource),
  one('ListEventSourceMappings', 'GET /2015-03-31/event-source-mappings', others.listEventSources),
  one('GetEventSourceMapping', 'GET /2015-03-31/event-source-mappings/{id}', others.getEventSource),
  one('DeleteEventSourceMapping', 'DELETE /2015-03-31/event-source-mappings/{id}', others.deleteEventSource),
  one(
    'PutFunctionEventInvokeConfig',
    'PUT /2019-09-25/functions/{name}/event-invoke-config',
    others.putEventInvoke,
  ),
  one(
    'GetFunctionEventInvokeConfig',
    'GET /2019-09-25/functions/{name}/event-invoke-config',
    others.getEventInvoke,
  ),
  one(
    'DeleteFunctionEventInvokeConfig',
    'DELETE /2019-09-25/functions/{name}/event-invoke-config',
    others.deleteEventInvoke,
  ),
  one(
    'GetFunctionCodeSigningConfig',
    'GET /2020-06-30/functions/{name}/code-signing-config',
    others.noCodeSigning,
  ),
  one(
    'GetRuntimeManagementConfig',
    'GET /2021-07-20/functions/{name}/runtime-management-config',
    others.runtimeManagement,
  ),
  one('GetFunctionRecursionConfig', 'GET /2024-08-31/functions/{name}/recursion-config', others.recursion),
];

export interface FoundOperation {
  name: string;
  run: Operation;
  /** Values of the path, decoded. */
  values: Record<string, string>;
}

export function findOperation({
  method,
  path,
  query,
}: Pick<ApiCall, 'method' | 'path' | 'query'>): FoundOperation | undefined {
  const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
  const marks = new Set(query.split('&'));
  for (const { name, method: wanted, pattern, keys, run } of OPERATIONS) {
    if (wanted !== method) continue;
    const mark = MARKS[name];
    if (mark !== undefined && !marks.has(mark)) continue;
    const found = pattern.exec(plain);
    if (found === null) continue;
    const values = found.slice(1).map((value) => decodeURIComponent(value));
    return { name, run, values: Object.fromEntries(keys.map((key, index) => [key, values[index]!])) };
  }
  return undefined;
}

/** What in the query tells one operation from another of the same path. */
const MARKS: Record<string, string> = {
  ListProvisionedConcurrencyConfigs: 'List=ALL',
  GetLayerVersionByArn: 'find=LayerVersion',
};

function one(name: string, route: string, run: Operation): Known {
  const [method = '', target = ''] = route.split(' ');
  const [path = ''] = target.split('?');
  const keys = [...path.matchAll(/\{(\w+)\}/g)].map(([, key]) => key!);
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
  return { name, method, pattern, keys, run };
}
