import type { ApiAnswer } from '../../../server.ts';
import { checkDigest, documentAnswer, empty, readXml } from '../answers.ts';
import { CosError, malformedXml } from '../errors.ts';
import { parseXml, toXml } from '../../../xml.ts';
import { readWebsite } from '../website/configuration.ts';
import type { CosCall, Operation } from './types.ts';

/** A setting of buckets: kept as it was put, and told again. */
interface Setting {
  /** Of the operations: `BucketCORS`. */
  name: string;
  parameter: string;
  /** Root of its document; absent: JSON. */
  root?: string;
  /** What there is before anything was put: an error, or a document. */
  missing: [code: string, message: string] | string;
  /** Called with what was put. Throws `CosError`. */
  check?(document: string): void;
}

/** What COS answers for settings that were never put: https://cloud.tencent.com/document/product/436/7751 and its neighbours. */
const SETTINGS: Setting[] = [
  {
    name: 'BucketCORS',
    parameter: 'cors',
    root: 'CORSConfiguration',
    missing: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist.'],
  },
  {
    name: 'BucketWebsite',
    parameter: 'website',
    root: 'WebsiteConfiguration',
    missing: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration.'],
    check: (document) => {
      readWebsite(document);
    },
  },
  {
    name: 'BucketPolicy',
    parameter: 'policy',
    missing: ['NoSuchBucketPolicy', 'The specified bucket does not have a bucket policy.'],
  },
  {
    name: 'BucketTagging',
    parameter: 'tagging',
    root: 'Tagging',
    missing: ['NoSuchTagSet', 'The TagSet does not exist.'],
  },
  {
    name: 'BucketLifecycle',
    parameter: 'lifecycle',
    root: 'LifecycleConfiguration',
    missing: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist.'],
  },
  {
    name: 'BucketVersioning',
    parameter: 'versioning',
    root: 'VersioningConfiguration',
    missing: toXml('VersioningConfiguration', ''),
    check: (document) => {
      // Objects have no versions here: what is switched on would silently not happen.
      if (/<Status>\s*Enabled/.test(document)) {
        throw new CosError(501, 'NotImplemented', 'Versions of objects are not emulated.');
      }
    },
  },
  {
    name: 'BucketReferer',
    parameter: 'referer',
    root: 'RefererConfiguration',
    missing: toXml('RefererConfiguration', ''),
  },
  {
    name: 'BucketLogging',
    parameter: 'logging',
    root: 'BucketLoggingStatus',
    missing: toXml('BucketLoggingStatus', ''),
  },
  {
    name: 'BucketAccelerate',
    parameter: 'accelerate',
    root: 'AccelerateConfiguration',
    missing: toXml('AccelerateConfiguration', ''),
  },
  {
    name: 'BucketDomain',
    parameter: 'domain',
    root: 'DomainConfiguration',
    missing: ['DomainConfigNotFoundError', 'The domain configuration does not exist.'],
  },
  {
    name: 'BucketOrigin',
    parameter: 'origin',
    root: 'OriginConfiguration',
    missing: ['NoSuchOriginConfiguration', 'The origin configuration does not exist.'],
  },
  {
    name: 'BucketEncryption',
    parameter: 'encryption',
    root: 'ServerSideEncryptionConfiguration',
    missing: ['NoSuchEncryptionConfiguration', 'The server side encryption configuration does not exist.'],
  },
];

export const settingOperations: Operation[] = SETTINGS.flatMap((setting): Operation[] => {
  const shared = { about: 'bucket', parameters: [setting.parameter] } as const;
  return [
    { ...shared, name: `Put${setting.name}`, method: 'PUT', run: (call) => put(setting, call) },
    { ...shared, name: `Get${setting.name}`, method: 'GET', run: (call) => get(setting, call) },
    { ...shared, name: `Delete${setting.name}`, method: 'DELETE', run: (call) => remove(setting, call) },
  ];
});

async function put(
  { name, parameter, root, check }: Setting,
  { api, bucket, state, websites }: CosCall,
): Promise<ApiAnswer> {
  checkDigest(api.body, api.headers['content-md5']);
  const document = api.body.toString('utf8');
  if (root === undefined) checkJson(document);
  else readXml(api.body, root);
  check?.(document);
  await state.change(bucket.name, (one) => ({
    ...one,
    settings: { ...one.settings, [parameter]: document },
  }));
  if (parameter === 'website') await websites.update();
  return empty(
    name === 'BucketPolicy' || name === 'BucketTagging' ? 204 : 200,
    websites.headers(bucket.name),
  );
}

async function get({ parameter, missing }: Setting, { bucket, websites }: CosCall): Promise<ApiAnswer> {
  const found = bucket.settings[parameter] ?? (typeof missing === 'string' ? missing : undefined);
  if (found === undefined) throw new CosError(404, missing[0], missing[1]);
  const document =
    parseXml(found) === undefined || found.startsWith('<?xml') ? found : `${DECLARATION}${found}`;
  return documentAnswer(document, parameter === 'website' ? websites.headers(bucket.name) : {});
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function remove({ parameter }: Setting, { bucket, state, websites }: CosCall): Promise<ApiAnswer> {
  await state.change(bucket.name, (one) => {
    const { [parameter]: _, ...settings } = one.settings;
    return { ...one, settings };
  });
  if (parameter === 'website') await websites.update();
  return empty(204);
}

function checkJson(document: string): void {
  try {
    JSON.parse(document);
  } catch {
    throw new CosError(400, 'MalformedPolicy', 'The policy is not in the valid JSON format.');
  }
}

/** Of a document of tags, as objects have it, too. */
export function checkTagging(body: Buffer): string {
  const { children } = readXml(body, 'Tagging');
  if (children[0]?.name !== 'TagSet') throw malformedXml();
  return body.toString('utf8');
}
