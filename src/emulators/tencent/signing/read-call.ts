import type { JsonObject, JsonValue } from '../../../events/types.ts';
import type { ApiCall } from '../../server.ts';
import { type ActionCall, TencentError } from '../service.ts';
import { verifyForm } from './form.ts';
import { serviceLabels } from './hosts.ts';
import { readForm, readMultipart, treeOf } from './parameters.ts';
import { missing, type Trust } from './refusal.ts';
import { isTc3, verifyTc3 } from './tc3.ts';

/** How an API is spoken, and thus how it answers. */
export type Dialect =
  /** API 3.0: `{Response: {…, RequestId}}` */
  | 'v3'
  /** What was before: `{code: 0, message, codeDesc, …}` */
  | 'v2';

export interface KnownService {
  name: string;
  actions: readonly string[];
}

/** Parameters that every action may have, in forms; they are not the action's own. */
const COMMON = new Set([
  'Action',
  'Region',
  'Timestamp',
  'Nonce',
  'SecretId',
  'Signature',
  'SignatureMethod',
  'Version',
  'Token',
  'token',
  'RequestClient',
  'Language',
]);

/** Whether a call is one of an API that is a list of actions, and how it is spoken; undefined: it is something else. */
export function dialectOf(call: Omit<ApiCall, 'body'> & { body?: Buffer }): Dialect | undefined {
  if (call.path === '/v2/index.php') return 'v2';
  if (call.headers['x-tc-action'] !== undefined || isTc3(call.headers.authorization)) return 'v3';
  if (call.headers.authorization !== undefined) return undefined;
  const isInForm = hasForm(call) || call.method === 'GET';
  const text = `${call.query}&${hasForm(call) ? (call.body ?? '').toString('utf8') : ''}`;
  return isInForm && /(?:^|&)Action=/.test(text) ? 'v3' : undefined;
}

/**
 * What a call asks for, once its signature has been found good. `services`: all that there are. Throws `TencentError`: AuthFailure.*,
 * MissingParameter, InvalidParameter, InvalidRequest, InvalidAction.
 */
export function readCall(call: ApiCall, trust: Trust, services: readonly KnownService[]): ActionCall {
  return isTc3(call.headers.authorization)
    ? readTc3Call(call, trust, services)
    : readFormCall(call, trust, services);
}

/** The name of the action, whether the call is good or not; '' without one. */
export function actionOf(call: ApiCall): string {
  const header = call.headers['x-tc-action'];
  if (typeof header === 'string') return header;
  const text = hasForm(call) ? call.body.toString('utf8') : '';
  return new URLSearchParams(call.query).get('Action') ?? new URLSearchParams(text).get('Action') ?? '';
}

function readTc3Call(call: ApiCall, trust: Trust, services: readonly KnownService[]): ActionCall {
  if (call.method !== 'GET' && call.method !== 'POST')
    throw new TencentError('InvalidRequest', 'The request method must be GET or POST.');
  const scope = verifyTc3(call, trust);
  const action = headerOf(call, 'x-tc-action') ?? '';
  const version = headerOf(call, 'x-tc-version') ?? '';
  if (action === '') throw missing('Action');
  if (version === '') throw missing('Version');
  const host = call.headers.host ?? '';
  const service = serviceOf(services, action, [scope.service, ...serviceLabels(host)]);
  if (scope.service !== service && !serviceLabels(host).includes(scope.service))
    throw new TencentError(
      'AuthFailure.InvalidAuthorization',
      `The service of the credential scope is ${scope.service}, not ${service}.`,
    );
  return {
    requestId: call.requestId,
    service,
    action,
    version,
    region: headerOf(call, 'x-tc-region') ?? '',
    ...parametersOf(call),
  };
}

function parametersOf(call: ApiCall): Pick<ActionCall, 'parameters' | 'isForm'> {
  if (call.method === 'GET') return { parameters: treeOf(readForm(call.query)), isForm: true };
  const type = call.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data'))
    return { parameters: readMultipart(call.body, type), isForm: true };
  if (!/^application\/json\b/.test(type))
    throw new TencentError(
      'InvalidRequest',
      'The Content-Type must be application/json or multipart/form-data.',
    );
  return { parameters: readJson(call.body) };
}

function readFormCall(call: ApiCall, trust: Trust, services: readonly KnownService[]): ActionCall {
  const host = call.headers.host ?? '';
  const parameters = readForm(call.query, hasForm(call) ? call.body.toString('utf8') : '');
  if (parameters['Signature'] === undefined && call.headers['x-tc-action'] !== undefined)
    throw missing('Authorization');
  verifyForm({ method: call.method, host, path: call.path, parameters }, trust);
  const { Action: action = '', Version: version = '', Region: region = '' } = parameters;
  if (action === '') throw missing('Action');
  const isOld = call.path === '/v2/index.php';
  if (version === '' && !isOld) throw missing('Version');
  const own = Object.entries(parameters).filter(([key]) => !COMMON.has(key));
  return {
    requestId: call.requestId,
    service: serviceOf(services, action, serviceLabels(host)),
    action,
    version: isOld ? 'v2' : version,
    region,
    parameters: treeOf(Object.fromEntries(own)),
    isForm: true,
  };
}

/** By what names it, else by who knows such an action: at a loopback address nothing names a service. */
function serviceOf(services: readonly KnownService[], action: string, labels: string[]): string {
  const named = services.find(({ name }) => labels.includes(name));
  const found = named ?? services.find(({ actions }) => actions.includes(action));
  if (found === undefined || !found.actions.includes(action))
    throw new TencentError(
      'InvalidAction',
      `The request action \`${action}\` is not valid, or this emulator does not have it.`,
    );
  return found.name;
}

function readJson(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let value: JsonValue;
  try {
    value = JSON.parse(body.toString('utf8')) as JsonValue;
  } catch {
    throw new TencentError('InvalidRequest', 'The body is not valid JSON.');
  }
  // What a client sends for no parameters at all.
  if (value === null || value === '') return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new TencentError('InvalidRequest', 'The body is not a JSON object.');
  return value;
}

/** Whether the body is a form: clients of 2020 send one as `application/json`. */
function hasForm(call: Pick<ApiCall, 'headers' | 'method'> & { body?: Buffer }): boolean {
  const type = call.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return true;
  if (call.method !== 'POST' || !type.startsWith('application/json')) return false;
  return /^[A-Za-z][\w.%-]*=/.test(call.body?.toString('latin1', 0, 100) ?? '');
}

function headerOf(call: ApiCall, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
