import type { TencentContext } from '../context.ts';
import { APP_ID, TencentError } from '../service.ts';
import type { CodeRecord } from './books.ts';
import { invalid, notFound, unsupported } from './errors.ts';
import type { Request } from './models.ts';
import type { Zips } from './zips.ts';

type Code = Request<'CreateFunction'>['Code'];

const MB = 1024 * 1024;

/** What the cloud takes: of a package in the request itself, and of one in a bucket. */
export const CODE_LIMITS = { create: 50 * MB, update: 20 * MB, layer: 50 * MB, bucket: 500 * MB };

/** Takes in the package that a request brings or names. Rejects with `TencentError`. */
export async function takeCode(
  { context, zips }: { context: TencentContext; zips: Zips },
  code: Code,
  mostBytes: number,
): Promise<CodeRecord> {
  if (code.ImageConfig !== undefined)
    throw unsupported('This emulator runs no images. Deploy the function from a zip (ZipFile or Cos…).');
  if (code.DemoId !== undefined || code.TempCosObjectName !== undefined || code.GitUrl !== undefined)
    throw unsupported(
      'This emulator takes code from ZipFile or from a bucket (CosBucketName, CosObjectName) only.',
    );
  const fromBucket = code.CosBucketName !== undefined || code.CosObjectName !== undefined;
  if (code.ZipFile !== undefined && fromBucket)
    throw invalid('Code', 'ZipFile and CosBucketName cannot be given at the same time.');
  if (code.ZipFile !== undefined) return zips.add(decode(code.ZipFile, mostBytes));
  if (fromBucket) return zips.add(await fromCos(context, code));
  throw new TencentError(
    'MissingParameter.Code',
    'The code is missing: ZipFile, or CosBucketName and CosObjectName.',
  );
}

function decode(text: string, mostBytes: number): Buffer {
  const plain = text.replace(/\s+/g, '');
  if (plain === '' || plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain))
    throw invalid('ZipFileBase64BinasciiError', 'ZipFile is not valid base64.');
  const zip = Buffer.from(plain, 'base64');
  if (zip.length > mostBytes)
    throw invalid(
      'ZipFile',
      `The zip has ${zip.length} bytes; ${mostBytes} at most. Use a bucket for larger ones.`,
    );
  return zip;
}

async function fromCos({ peers }: TencentContext, code: Code): Promise<Buffer> {
  const { CosBucketName: name = '', CosObjectName: object = '' } = code;
  if (name === '') throw invalid('CosBucketName', 'CosBucketName is missing.');
  if (object === '') throw invalid('CosObjectName', 'CosObjectName is missing.');
  const bucket = name.endsWith(`-${APP_ID}`) ? name : `${name}-${APP_ID}`;
  if (peers.objects?.hasBucket(bucket) !== true) throw notFound('Cos', bucket);
  const zip = await peers.objects.read(bucket, object.replace(/^\/+/, ''));
  if (zip === undefined) throw notFound('CosObject', object);
  if (zip.length > CODE_LIMITS.bucket)
    throw invalid('Code', `The package has ${zip.length} bytes; ${CODE_LIMITS.bucket} at most.`);
  return zip;
}
