import type { ApiAnswer } from '../../../server.ts';
import { aclOfHeaders } from '../acl.ts';
import { checkDigest, empty, readXml, xmlAnswer } from '../answers.ts';
import { accessDenied, CosError, invalidArgument, malformedXml, noSuchKey } from '../errors.ts';
import { objectAnswer, sumHeaders, titleCase } from '../object-answer.ts';
import { contentOf } from '../../../buckets/objects.ts';
import type { ObjectInfo } from '../types.ts';
import { childrenOf, childText } from '../../../xml.ts';
import type { CosCall, Operation } from './types.ts';

export const objectOperations: Operation[] = [
  { name: 'PutObject', method: 'PUT', about: 'object', anyone: 'write', run: putObject },
  { name: 'GetObject', method: 'GET', about: 'object', anyone: 'read', run: getObject },
  { name: 'HeadObject', method: 'HEAD', about: 'object', anyone: 'read', run: getObject },
  { name: 'DeleteObject', method: 'DELETE', about: 'object', anyone: 'write', run: deleteObject },
  {
    name: 'AppendObject',
    method: 'POST',
    about: 'object',
    parameters: ['append', 'position'],
    anyone: 'write',
    run: appendObject,
  },
  {
    name: 'DeleteMultipleObjects',
    method: 'POST',
    about: 'bucket',
    parameters: ['delete'],
    anyone: 'write',
    run: deleteMany,
  },
];

/** Headers of an object that are kept and told again, besides `x-cos-meta-*`. */
const KEPT = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]);

const MOST_META_BYTES = 2048;

/** What the headers of a call say about the object that it makes. Throws `CosError`. */
export function objectOf(
  headers: CosCall['api']['headers'],
): Pick<ObjectInfo, 'headers' | 'storageClass' | 'acl'> {
  const kept = Object.entries(headers).filter(
    ([name, value]) =>
      value !== undefined && value !== '' && (KEPT.has(name) || name.startsWith('x-cos-meta-')),
  );
  const meta = kept
    .filter(([name]) => name.startsWith('x-cos-meta-'))
    .flat()
    .join('');
  if (Buffer.byteLength(meta) > MOST_META_BYTES) {
    throw new CosError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size.',
    );
  }
  return {
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    storageClass: headers['x-cos-storage-class']?.toString().toUpperCase() ?? 'STANDARD',
    acl: aclOfHeaders(headers, 'default'),
  };
}

async function putObject({ api, key, objects, now }: CosCall): Promise<ApiAnswer> {
  checkDigest(api.body, api.headers['content-md5']);
  const about = { key, ...objectOf(api.headers), modifiedAt: now };
  const info = await objects.put([api.body], about, overwriteCheck(api.headers));
  return empty(200, sumHeaders(info));
}

/** What throws FileAlreadyExists in the moment in which an object would be replaced that must not be; undefined: it may. */
export function overwriteCheck(
  headers: CosCall['api']['headers'],
): ((before: object | undefined) => void) | undefined {
  if (headers['x-cos-forbid-overwrite']?.toString().toLowerCase() !== 'true') return undefined;
  return (before) => {
    if (before === undefined) return;
    throw new CosError(
      409,
      'FileAlreadyExists',
      'The object you specified already exists and can not be overwritten.',
    );
  };
}

async function getObject({ api, key, query, objects, signed }: CosCall): Promise<ApiAnswer> {
  const overrides = [...query].filter(([name]) => name.startsWith('response-'));
  if (overrides.length > 0 && !signed) throw accessDenied();
  const file = await objects.open(key);
  if (file === undefined) throw noSuchKey();
  const said = overrides.map(([name, value]) => [titleCase(name.slice('response-'.length)), value]);
  return objectAnswer(file, api, Object.fromEntries(said) as Record<string, string>);
}

async function deleteObject({ key, objects }: CosCall): Promise<ApiAnswer> {
  await objects.remove(key);
  return empty(204);
}

const MOST_DELETED = 1000;

async function deleteMany({ api, objects }: CosCall): Promise<ApiAnswer> {
  checkDigest(api.body, api.headers['content-md5']);
  const root = readXml(api.body, 'Delete');
  const keys = childrenOf(root, 'Object').map((object) => childText(object, 'Key'));
  if (keys.length === 0 || keys.length > MOST_DELETED || keys.includes(undefined)) throw malformedXml();
  for (const key of keys) await objects.remove(key!.replace(/^\//, ''));
  const isQuiet = childText(root, 'Quiet')?.trim() === 'true';
  return xmlAnswer('DeleteResult', { Deleted: isQuiet ? [] : keys.map((key) => ({ Key: key })) });
}

async function appendObject({ api, key, query, objects, now }: CosCall): Promise<ApiAnswer> {
  checkDigest(api.body, api.headers['content-md5']);
  const position = Number(query.get('position'));
  if (!Number.isSafeInteger(position) || position < 0) throw invalidArgument('position is not a number.');
  const before = await objects.open(key);
  const next = before?.bytes ?? 0;
  const headers = { 'x-cos-next-append-position': String(next) };
  if (before !== undefined && before.about.appendable !== true) {
    await before.close();
    throw new CosError(409, 'ObjectNotAppendable', 'The object is not appendable.');
  }
  if (position !== next) {
    await before?.close();
    throw new CosError(
      409,
      'PositionNotEqualToLength',
      'The position is not equal to the length of the object.',
      {
        NextAppendPosition: headers['x-cos-next-append-position'],
      },
    );
  }
  const about = before?.about ?? objectOf(api.headers);
  const old = before === undefined ? Buffer.alloc(0) : await contentOf(before);
  const info = await objects.put([old, api.body], {
    key,
    headers: about.headers,
    storageClass: about.storageClass,
    acl: about.acl,
    modifiedAt: now,
    appendable: true,
  });
  return empty(200, {
    ...sumHeaders(info),
    'x-cos-next-append-position': String(info.bytes),
  });
}
