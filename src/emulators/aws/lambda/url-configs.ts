import { randomBytes } from 'node:crypto';

import type { Fn, UrlConfig } from './books.ts';
import {
  changeFunction,
  conflict,
  type Desk,
  findFunction,
  findRevision,
  invalid,
  json,
  nothing,
  notFound,
  type Operation,
  page,
  refOf,
} from './desk.ts';
import { settle } from './functions.ts';
import { functionArn, stamp } from './names.ts';
import { urlKey } from './urls.ts';

export const createUrl: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  const fn = findFunction(desk.store.current(), ref);
  refuseVersion(fn, qualifier);
  if (fn.urls[qualifier] !== undefined)
    throw conflict(
      `Failed to create function url config for [functionArn = ${functionArn(fn, qualifier)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    );
  const now = stamp(desk.context.now());
  const url = readUrl(call.input, {
    id: randomBytes(16).toString('hex'),
    port: await desk.urls.open(urlKey(fn, qualifier)),
    authType: 'AWS_IAM',
    invokeMode: 'BUFFERED',
    createdAt: now,
    changedAt: now,
  });
  await changeFunction(desk, ref, (before) => ({
    fn: { ...before, urls: { ...before.urls, [qualifier]: url } },
    result: undefined,
  }));
  return json(201, shownUrl(desk, fn, qualifier, url));
};

export const getUrl: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  return json(200, shownUrl(desk, fn, ref.qualifier, findUrl(fn, ref.qualifier)));
};

export const updateUrl: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  const changed = await changeFunction(desk, ref, (fn) => {
    const url = { ...readUrl(call.input, findUrl(fn, qualifier)), changedAt: stamp(desk.context.now()) };
    return { fn: { ...fn, urls: { ...fn.urls, [qualifier]: url } }, result: { fn, url } };
  });
  return json(200, shownUrl(desk, changed.fn, qualifier, changed.url));
};

export const deleteUrl: Operation = async (desk, call) => {
  const ref = refOf(call);
  await changeFunction(desk, ref, (fn) => {
    findUrl(fn, ref.qualifier);
    const { [ref.qualifier]: _, ...urls } = fn.urls;
    return { fn: { ...fn, urls }, result: undefined };
  });
  await settle(desk);
  return nothing();
};

export const listUrls: Operation = (desk, call) => {
  const fn = findFunction(desk.store.current(), refOf(call));
  const all = Object.entries(fn.urls).map(([qualifier, url]) => shownUrl(desk, fn, qualifier, url));
  const { items, more } = page(all, call.parameters, 'NextMarker');
  return json(200, { FunctionUrlConfigs: items, ...more });
};

function findUrl(fn: Fn, qualifier: string): UrlConfig {
  const url = fn.urls[qualifier];
  if (url === undefined) throw notFound('The resource you requested does not exist.');
  return url;
}

/** An address is of the function or of an alias. */
function refuseVersion(fn: Fn, qualifier: string): void {
  findRevision(fn, qualifier);
  if (qualifier !== '' && fn.aliases[qualifier] === undefined)
    throw invalid(`1 validation error detected: Value '${qualifier}' at 'qualifier' is no alias.`);
}

function readUrl(input: Record<string, unknown>, before: UrlConfig): UrlConfig {
  const authType = (input['AuthType'] ?? before.authType) as UrlConfig['authType'];
  if (!['NONE', 'AWS_IAM'].includes(authType))
    throw invalid(`Value '${authType}' at 'authType' is none of [NONE, AWS_IAM]`);
  const invokeMode = (input['InvokeMode'] ?? before.invokeMode) as UrlConfig['invokeMode'];
  const cors = (input['Cors'] ?? before.cors) as UrlConfig['cors'];
  const isNone = cors === undefined || Object.keys(cors).length === 0;
  const { cors: _, ...rest } = before;
  return { ...rest, authType, invokeMode, ...(isNone ? {} : { cors }) };
}

function shownUrl({ urls }: Desk, fn: Fn, qualifier: string, url: UrlConfig): Record<string, unknown> {
  return {
    FunctionUrl: urls.address(url),
    FunctionArn: functionArn(fn, qualifier),
    AuthType: url.authType,
    ...(url.cors === undefined ? {} : { Cors: url.cors }),
    CreationTime: url.createdAt,
    LastModifiedTime: url.changedAt,
    InvokeMode: url.invokeMode,
  };
}
