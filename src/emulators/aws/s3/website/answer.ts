import type { ApiAnswer, ApiCall } from '../../../server.ts';
import { AwsError } from '../../service.ts';
import { mayAnyone } from '../access.ts';
import { encodeKey } from '../address.ts';
import { objectAnswer } from '../object-answer.ts';
import type { Bucket, ObjectFolder } from '../types.ts';
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
  if (document === undefined)
    return page(
      call,
      404,
      'NoSuchWebsiteConfiguration',
      'The specified bucket does not have a website configuration',
    );
  if (call.method !== 'GET' && call.method !== 'HEAD')
    return page(call, 405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  if (key === undefined) return page(call, 400, 'InvalidURI', "Couldn't parse the specified URI.");
  const site = readWebsite(document);
  if (site.elsewhere !== undefined) {
    const { host, protocol = 'http' } = site.elsewhere;
    return moved(301, `${protocol}://${host}${call.path}`);
  }
  const byPrefix = site.rules.find(
    ({ prefix, status }) => status === undefined && key.startsWith(prefix ?? ''),
  );
  if (byPrefix !== undefined) return redirect(byPrefix, key, origin);
  const found = await find(site, bucket, objects, key);
  if (found.kind === 'folder') return moved(302, `${call.path}/`);
  if (found.kind === 'object') return answerObject(objects, found.key, call);
  const byStatus = site.rules.find(
    ({ status, prefix }) => status === found.status && key.startsWith(prefix ?? ''),
  );
  if (byStatus !== undefined) return redirect(byStatus, key, origin);
  return errorPage(site, bucket, objects, call, found);
}

function keyOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path).slice(1);
  } catch {
    return undefined;
  }
}

type Found = { kind: 'object'; key: string } | { kind: 'folder' } | Missing;
interface Missing {
  kind: 'missing';
  key: string;
  status: 403 | 404;
}

/** The object that a path means; `folder`: there is an index below it, and links are relative to it. */
async function find(
  { index = '' }: Website,
  bucket: Bucket,
  objects: ObjectFolder,
  path: string,
): Promise<Found> {
  const isFolder = path === '' || path.endsWith('/');
  const key = isFolder ? `${path}${index}` : path;
  const info = await objects.info(key);
  if (info === undefined && !isFolder && (await objects.info(`${key}/${index}`)) !== undefined)
    return { kind: 'folder' };
  if (info === undefined) return { kind: 'missing', key, status: 404 };
  return mayAnyone('s3:GetObject', bucket, key, info)
    ? { kind: 'object', key }
    : { kind: 'missing', key, status: 403 };
}

async function answerObject(objects: ObjectFolder, key: string, call: WebsiteCall): Promise<ApiAnswer> {
  const file = await objects.open(key);
  if (file === undefined) return page(call, 404, 'NoSuchKey', 'The specified key does not exist.', key);
  const target = file.about.headers['x-amz-website-redirect-location'];
  if (target !== undefined) {
    await file.close();
    return moved(301, target);
  }
  try {
    return await objectAnswer(file, call);
  } catch (error) {
    if (error instanceof AwsError) return page(call, error.status, error.code, error.message);
    throw error;
  }
}

async function errorPage(
  { error }: Website,
  bucket: Bucket,
  objects: ObjectFolder,
  call: WebsiteCall,
  { status, key }: Missing,
): Promise<ApiAnswer> {
  const file = error === undefined ? undefined : await objects.open(error);
  if (error === undefined || file === undefined || !mayAnyone('s3:GetObject', bucket, error, file.about)) {
    await file?.close();
    return status === 403
      ? page(call, 403, 'AccessDenied', 'Access Denied')
      : page(call, 404, 'NoSuchKey', 'The specified key does not exist.', key);
  }
  // Whatever the client has of it, it is not what it asked for.
  const answer = await objectAnswer(file, { method: call.method, headers: {} });
  return { ...answer, status };
}

/** To the new key; without a host on the same address, as this machine has no other. */
function redirect(rule: RoutingRule, key: string, origin: string): ApiAnswer {
  const { prefix, host, protocol, replaceKey, replacePrefix, code = 301 } = rule;
  const target =
    replaceKey ?? (replacePrefix === undefined ? key : `${replacePrefix}${key.slice(prefix?.length ?? 0)}`);
  const base = host === undefined ? origin : `${protocol ?? 'http'}://${host}`;
  return moved(code, `${base}/${encodeKey(target.replace(/^\/+/, ''))}`);
}

function moved(status: number, location: string): ApiAnswer {
  return { status, headers: { location, 'content-length': '0' }, body: '' };
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  412: 'Precondition Failed',
  416: 'Requested Range Not Satisfiable',
};

function page(
  { method, requestId }: WebsiteCall,
  status: number,
  code: string,
  message: string,
  key?: string,
): ApiAnswer {
  const title = `${status} ${REASONS[status] ?? code}`;
  const items = [
    `Code: ${code}`,
    `Message: ${message}`,
    ...(key === undefined ? [] : [`Key: ${key}`]),
    `RequestId: ${requestId}`,
  ];
  const list = items.map((item) => `<li>${escaped(item)}</li>\n`).join('');
  const body = `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${list}</ul>\n</body>\n</html>\n`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-error-code': code,
      'x-amz-error-message': message,
    },
    body: method === 'HEAD' ? '' : body,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
