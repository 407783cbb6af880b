import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cloudsPython } from '../../../support/python.ts';
import { run } from '../../../support/run.ts';
import { KEYS, startCos } from './server.ts';

// The cloud's own SDK for Python: it signs otherwise, and reads errors more strictly.
const PROGRAM = `
import json, sys
from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError

port, secret_id, secret_key, way = sys.argv[1:]
bucket = 'py-1250000000'
common = dict(Region='ap-guangzhou', SecretId=secret_id, SecretKey=secret_key, Scheme='http')
if way == 'proxy':
    config = CosConfig(Proxies={'http': f'http://127.0.0.1:{port}'}, **common)
else:
    config = CosConfig(Domain=f'127.0.0.1:{port}/{bucket}', ServiceDomain=f'127.0.0.1:{port}', **common)
client = CosS3Client(config, retry=0)
told = {}

def code(call, **args):
    try:
        call(**args)
    except CosServiceError as error:
        return error.get_error_code()

client.create_bucket(Bucket=bucket, ACL='public-read')
told['again'] = code(client.create_bucket, Bucket=bucket)
told['location'] = client.get_bucket_location(Bucket=bucket)['LocationConstraint']
for key in ['a b+c', '日本/x.txt', "q'(1)!*~"]:
    client.put_object(Bucket=bucket, Key=key, Body=key.encode(), EnableMD5=True, Metadata={'x-cos-meta-k': 'v'})
    got = client.get_object(Bucket=bucket, Key=key)
    assert got['Body'].get_raw_stream().read() == key.encode(), key
    assert got['x-cos-meta-k'] == 'v'
told['keys'] = [one['Key'] for one in client.list_objects(Bucket=bucket)['Contents']]
told['prefix'] = [one['Key'] for one in client.list_objects(Bucket=bucket, Prefix='日本/', Delimiter='/', MaxKeys=1)['Contents']]
client.copy_object(Bucket=bucket, Key='copy', CopySource={'Bucket': bucket, 'Key': '日本/x.txt', 'Region': 'ap-guangzhou'})
big = bytes(range(256)) * 4096 * 5
with open(sys.argv[0] + '.big', 'wb') as file:
    file.write(big)
client.upload_file(Bucket=bucket, Key='big', LocalFilePath=sys.argv[0] + '.big', PartSize=1, MAXThread=3)
assert client.get_object(Bucket=bucket, Key='big')['Body'].get_raw_stream().read() == big
assert client.head_object(Bucket=bucket, Key='big')['ETag'].endswith('-5"')
client.download_file(Bucket=bucket, Key='big', DestFilePath=sys.argv[0] + '.copy', PartSize=1, EnableCRC=True)
assert open(sys.argv[0] + '.copy', 'rb').read() == big
told['missing'] = code(client.get_object, Bucket=bucket, Key='gone')
told['exists'] = [client.object_exists(Bucket=bucket, Key=key) for key in ['copy', 'gone']]
import requests
url = client.get_presigned_url(Method='GET', Bucket=bucket, Key='日本/x.txt', Expired=60)
proxies = {'http': f'http://127.0.0.1:{port}'} if way == 'proxy' else {}
told['url'] = requests.get(url, proxies=proxies).text
bad = CosS3Client(CosConfig(**{**common, 'SecretKey': 'x'}, Proxies={'http': f'http://127.0.0.1:{port}'}), retry=0)
told['wrong'] = code(bad.list_objects, Bucket=bucket)
client.put_bucket_cors(Bucket=bucket, CORSConfiguration={'CORSRule': [{'AllowedMethod': ['GET'], 'AllowedOrigin': ['*']}]})
told['cors'] = client.get_bucket_cors(Bucket=bucket)['CORSRule'][0]['AllowedMethod']
told['lifecycle'] = code(client.get_bucket_lifecycle, Bucket=bucket)
told['not empty'] = code(client.delete_bucket, Bucket=bucket)
listed = client.list_objects(Bucket=bucket)['Contents']
client.delete_objects(Bucket=bucket, Delete={'Object': [{'Key': one['Key']} for one in listed], 'Quiet': 'true'})
told['buckets'] = [one['Name'] for one in client.list_buckets()['Buckets']['Bucket']]
client.delete_bucket(Bucket=bucket)
print(json.dumps(told))
`;

test.each(['proxy', 'domain'])('SDK for Python, by %s', { timeout: 600_000 }, async (way) => {
  const python = await cloudsPython();
  const server = await startCos();
  try {
    const file = join(server.folder, 'program.py');
    writeFileSync(file, PROGRAM);
    const printed = await run(python, [file, String(server.port), KEYS.id, KEYS.secret, way]);
    expect(JSON.parse(printed.trim().split('\n').at(-1)!)).toEqual({
      again: 'BucketAlreadyOwnedByYou',
      location: 'ap-guangzhou',
      keys: ['a b+c', "q'(1)!*~", '日本/x.txt'],
      prefix: ['日本/x.txt'],
      missing: 'NoSuchKey',
      exists: [true, false],
      url: '日本/x.txt',
      wrong: 'SignatureDoesNotMatch',
      cors: ['GET'],
      lifecycle: 'NoSuchLifecycleConfiguration',
      'not empty': 'BucketNotEmpty',
      buckets: ['py-1250000000'],
    });
    expect(server.notices).toEqual([]);
  } finally {
    await server.close();
  }
});
