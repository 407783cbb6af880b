import type { ApiAnswer, ApiCall } from '../../../server.ts';
import { mayAnyone } from '../acl.ts';
import { CosError } from '../errors.ts';
import { objectAnswer } from '../object-answer.ts';
import type { ObjectFolder } from '../state.ts';
import type { Bucket } from '../types.ts';
import { readWebsite, type RoutingRule, type Website } from './configuration.ts';

/** What a website is asked. `path`: encoded, as sent. */
export type WebsiteCall = Pick<ApiCall, 'method' | 'path' | 'headers' | 'requestId'>;

/** Answers as the website of a bucket does: pages for people, no API. `origin`: `http://127.0.0.1:40123`, for redirects. */
export async function websiteAnswer(
  bucket: Bucket,
  objects: ObjectFolder,
  call: WebsiteCall,
  origin: string,
): Promise<ApiAnswer> {
  const document = bucket.settings['website'];
  const key = keyOf(call.path);
  if (document === undefined) return page(call, 404, 'NoSuchWebsiteConfiguration');
  if (call.method !== 'GET' && call.method !== 'HEAD') return page(call, 405, 'MethodNotAllowed');
  if (key === undefined) return page(call, 400, 'InvalidURI');
  const site = readWebsite(document);
  const byPrefix = site.rules.find(({ prefix }) => prefix !== undefined && key.startsWith(prefix));
  if (byPrefix !== undefined) return redirect(byPrefix, key, origin);
  const found = await find(site, objects, key);
  if (found.kind === 'folder') return { status: 302, headers: { Location: `${call.path}/` }, body: '' };
  const status = await refusal(bucket, objects, found.key);
  if (status === undefined) return answerObject(objects, found.key, call);
  const byStatus = site.rules.find((rule) => rule.status === status);
  if (byStatus !== undefined) return redirect(byStatus, key, origin);
  return errorPage(site, bucket, objects, call, status);
}

function keyOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path).slice(1);
  } catch {
    return undefined;
  }
}

/** The object that a path means; `folder`: there is an index below it, and links are relative to it. */
async function find(
  { index, ignoresExtension }: Website,
  objects: ObjectFolder,
  key: string,
): Promise<{ kind: 'object'; key: string } | { kind: 'folder' }> {
  const has = async (wanted: string): Promise<boolean> => (await objects.info(wanted)) !== undefined;
  if (key === '' || key.endsWith('/')) return { kind: 'object', key: `${key}${index}` };
  if (await has(key)) return { kind: 'object', key };
  if (ignoresExtension && (await has(`${key}.html`))) return { kind: 'object', key: `${key}.html` };
  return (await has(`${key}/${index}`)) ? { kind: 'folder' } : { kind: 'object', key };
}

async function refusal(bucket: Bucket, objects: ObjectFolder, key: string): Promise<403 | 404 | undefined> {
  const info = await objects.info(key);
  if (!mayAnyone('read', bucket, info)) return 403;
  return info === undefined ? 404 : undefined;
}

async function answerObject(objects: ObjectFolder, key: string, call: WebsiteCall): Promise<ApiAnswer> {
  const file = await objects.open(key);
  if (file === undefined) return page(call, 404, 'NoSuchKey');
  try {
    return await objectAnswer(file, call);
  } catch (error) {
    if (error instanceof CosError) return page(call, error.status, error.code);
    throw error;
  }
}

async function errorPage(
  { error }: Website,
  bucket: Bucket,
  objects: ObjectFolder,
  call: WebsiteCall,
  status: 403 | 404,
): Promise<ApiAnswer> {
  const file = error === undefined ? undefined : await objects.open(error.key);
  if (file === undefined) return page(call, status, status === 403 ? 'AccessDenied' : 'NoSuchKey');
  if (!mayAnyone('read', bucket, file.about)) {
    await file.close();
    return page(call, status, 'AccessDenied');
  }
  // Whatever the client has of it, it is not what it asked for.
  const answer = await objectAnswer(file, { method: call.method, headers: {} });
  return { ...answer, status: error!.keepsStatus ? status : 200 };
}

/** To the new key, on the same address: this machine has no other, and no TLS. */
function redirect(
  { prefix, replaceKey, replacePrefix }: RoutingRule,
  key: string,
  origin: string,
): ApiAnswer {
  const target = replaceKey ?? `${replacePrefix ?? ''}${key.slice(prefix?.length ?? 0)}`;
  const path = target.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
  return { status: 302, headers: { Location: `${origin}/${path}`, 'Content-Length': '0' }, body: '' };
}

function page({ method, requestId }: WebsiteCall, status: number, code: string): ApiAnswer {
  const body = `<!doctype html>\n<title>${status} ${code}</title>\n<h1>${status} ${code}</h1>\n<ul>\n<li>RequestId: ${requestId}</li>\n</ul>\n`;
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
    },
    body: method === 'HEAD' ? '' : body,
  };
}
