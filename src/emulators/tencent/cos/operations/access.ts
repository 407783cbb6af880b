import type { ApiAnswer } from '../../../server.ts';
import { aclOfHeaders, aclOfXml, aclToXml } from '../acl.ts';
import { checkDigest, documentAnswer, empty } from '../answers.ts';
import { preflightHeaders } from '../../../buckets/cors.ts';
import { CosError, noSuchKey } from '../errors.ts';
import { checkTagging } from './settings.ts';
import type { Acl, ObjectInfo } from '../types.ts';
import type { CosCall, Operation } from './types.ts';

export const accessOperations: Operation[] = [
  { name: 'PutBucketACL', method: 'PUT', about: 'bucket', parameters: ['acl'], run: putBucketAcl },
  {
    name: 'GetBucketACL',
    method: 'GET',
    about: 'bucket',
    parameters: ['acl'],
    run: async ({ bucket }) => aclAnswer(bucket.acl),
  },
  { name: 'PutObjectACL', method: 'PUT', about: 'object', parameters: ['acl'], run: putObjectAcl },
  {
    name: 'GetObjectACL',
    method: 'GET',
    about: 'object',
    parameters: ['acl'],
    run: async (call) => aclAnswer((await infoOf(call)).acl),
  },
  { name: 'PutObjectTagging', method: 'PUT', about: 'object', parameters: ['tagging'], run: putTagging },
  { name: 'GetObjectTagging', method: 'GET', about: 'object', parameters: ['tagging'], run: getTagging },
  {
    name: 'DeleteObjectTagging',
    method: 'DELETE',
    about: 'object',
    parameters: ['tagging'],
    run: removeTagging,
  },
  { name: 'OptionsObject', method: 'OPTIONS', about: 'object', anyone: 'preflight', run: preflight },
  { name: 'OptionsBucket', method: 'OPTIONS', about: 'bucket', anyone: 'preflight', run: preflight },
];

async function putBucketAcl({ api, bucket, state }: CosCall): Promise<ApiAnswer> {
  const acl = givenAcl(api, 'private');
  await state.change(bucket.name, (one) => ({ ...one, acl }));
  return empty();
}

async function putObjectAcl(call: CosCall): Promise<ApiAnswer> {
  const acl = givenAcl(call.api, 'default');
  await amend(call, (info) => ({ ...info, acl }));
  return empty();
}

function givenAcl({ headers, body }: CosCall['api'], fallback: Acl['canned']): Acl {
  checkDigest(body, headers['content-md5']);
  return body.length > 0 ? aclOfXml(body.toString('utf8')) : aclOfHeaders(headers, fallback);
}

function aclAnswer(acl: Acl): ApiAnswer {
  return documentAnswer(aclToXml(acl), { 'x-cos-acl': acl.canned });
}

async function putTagging(call: CosCall): Promise<ApiAnswer> {
  const { api } = call;
  checkDigest(api.body, api.headers['content-md5']);
  const tagging = checkTagging(api.body);
  await amend(call, (info) => ({ ...info, tagging }));
  return empty(204);
}

async function getTagging(call: CosCall): Promise<ApiAnswer> {
  const { tagging } = await infoOf(call);
  if (tagging === undefined) throw new CosError(404, 'NoSuchTagSet', 'The TagSet does not exist.');
  return documentAnswer(tagging);
}

async function removeTagging(call: CosCall): Promise<ApiAnswer> {
  await amend(call, (info) => {
    const { tagging: _, ...untagged } = info;
    return untagged;
  });
  return empty(204);
}

async function infoOf({ objects, key }: CosCall): Promise<ObjectInfo> {
  const info = await objects.info(key);
  if (info === undefined) throw noSuchKey();
  return info;
}

async function amend({ objects, key }: CosCall, change: (info: ObjectInfo) => ObjectInfo): Promise<void> {
  if ((await objects.amend(key, change)) === undefined) throw noSuchKey();
}

async function preflight({ api, bucket }: CosCall): Promise<ApiAnswer> {
  const headers = preflightHeaders(bucket.settings['cors'], api.headers);
  if (headers === undefined)
    throw new CosError(403, 'AccessForbidden', 'CORSResponse: this CORS request is not allowed.');
  return empty(200, headers);
}
