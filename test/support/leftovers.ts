/** Names of all that is in an emulated cloud, by kind; asked with the cloud's own SDK. */
export async function leftovers(
  cloud: 'aws' | 'tencent',
  env: Record<string, string>,
  region?: string,
): Promise<Record<string, string[]>> {
  return cloud === 'aws' ? awsThings(env) : tencentThings(env, region ?? 'ap-guangzhou');
}

async function awsThings(env: Record<string, string>): Promise<Record<string, string[]>> {
  const settings = {
    region: env['AWS_REGION']!,
    endpoint: env['AWS_ENDPOINT_URL']!,
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
  };
  const [{ Lambda }, { S3 }, { IAM }, { ApiGatewayV2 }] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-apigatewayv2'),
  ]);
  const [lambda, s3, iam, gateway] = [
    new Lambda(settings),
    new S3({ ...settings, forcePathStyle: true }),
    new IAM(settings),
    new ApiGatewayV2(settings),
  ];
  const named = (list: object[] | undefined, key: string): string[] =>
    (list ?? []).map((one) => String((one as Record<string, unknown>)[key])).sort();
  return {
    functions: named((await lambda.listFunctions({})).Functions, 'FunctionName'),
    layers: named((await lambda.listLayers({})).Layers, 'LayerName'),
    buckets: named((await s3.listBuckets({})).Buckets, 'Name'),
    roles: named((await iam.listRoles({})).Roles, 'RoleName'),
    apis: named((await gateway.getApis({})).Items, 'Name'),
  };
}

async function tencentThings(env: Record<string, string>, region: string): Promise<Record<string, string[]>> {
  const { scf } = await import('tencentcloud-sdk-nodejs-scf');
  const { default: Cos } = await import('cos-nodejs-sdk-v5');
  const url = new URL(env['TENCENTCLOUD_ENDPOINT']!);
  const keys = { secretId: env['TENCENTCLOUD_SECRET_ID']!, secretKey: env['TENCENTCLOUD_SECRET_KEY']! };
  const client = new scf.v20180416.Client({
    credential: keys,
    region,
    profile: { httpProfile: { endpoint: url.host, protocol: 'http://' } },
  });
  const cos = new Cos({
    SecretId: keys.secretId,
    SecretKey: keys.secretKey,
    Protocol: 'http:',
    Domain: `${url.host}/{Bucket}`,
    ServiceDomain: url.host,
  } as never);
  const { Functions = [] } = await client.ListFunctions({});
  const { Layers = [] } = await client.ListLayers({});
  const { Buckets } = await cos.getService({});
  return {
    functions: Functions.map(({ FunctionName = '' }) => FunctionName).sort(),
    layers: Layers.map(({ LayerName = '' }) => LayerName).sort(),
    buckets: Buckets.map(({ Name }) => Name).sort(),
  };
}
