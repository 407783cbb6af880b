import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import { IAM } from '@aws-sdk/client-iam';
import { type FunctionConfiguration, Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';

export interface Where {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** Tells all that there is, as texts without ids and times, asked for with clients of its own. */
export function awsThings(where: (service: string) => Where): () => Promise<string[]> {
  const lambda = new Lambda(where('lambda'));
  const iam = new IAM(where('iam'));
  const gateway = new ApiGatewayV2(where('apigateway'));
  const s3 = new S3({ ...where('s3'), forcePathStyle: true });
  return async () => {
    const parts = await Promise.all([
      functions(lambda),
      layers(lambda),
      roles(iam),
      apis(gateway),
      buckets(s3),
    ]);
    return parts.flat().sort();
  };
}

async function functions(lambda: Lambda): Promise<string[]> {
  const found: string[] = [];
  for (const { FunctionName = '', FunctionArn } of (await lambda.listFunctions({})).Functions ?? []) {
    const { Tags } = await lambda.listTags({ Resource: FunctionArn });
    found.push(`function ${FunctionName} ${stable(Tags)}`);
    const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName });
    found.push(...Versions.map((one) => `version ${FunctionName} ${shown(one)}`));
    const { Aliases = [] } = await lambda.listAliases({ FunctionName });
    for (const { Name, FunctionVersion, RoutingConfig } of Aliases) {
      found.push(`alias ${FunctionName} ${Name} ${FunctionVersion} ${stable(RoutingConfig)}`);
      const at = { FunctionName, Qualifier: Name };
      const url = await lambda.getFunctionUrlConfig(at).catch(() => undefined);
      if (url !== undefined)
        found.push(`url ${FunctionName} ${url.AuthType} ${url.InvokeMode} ${stable(url.Cors)}`);
      const policy = await lambda.getPolicy(at).catch(() => undefined);
      const { Statement = [] } = JSON.parse(policy?.Policy ?? '{}') as { Statement?: { Sid: string }[] };
      found.push(
        ...Statement.map(({ Sid }) => `permission ${FunctionName} ${Sid.replace(/-api-.*/, '-api')}`),
      );
    }
  }
  return found;
}

function shown(one: FunctionConfiguration): string {
  const { Version, CodeSha256, MemorySize, Timeout, Environment, Description, Handler, Role, Layers } = one;
  const layers = (Layers ?? []).map(({ Arn = '' }) => Arn.replace(/:\d+$/, ''));
  return stable({
    Version,
    CodeSha256,
    MemorySize,
    Timeout,
    Environment,
    Description,
    Handler,
    Role,
    layers,
  });
}

async function layers(lambda: Lambda): Promise<string[]> {
  const found: string[] = [];
  for (const { LayerName } of (await lambda.listLayers({})).Layers ?? []) {
    const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName });
    found.push(...LayerVersions.map(({ Description }) => `layer ${LayerName} ${Description}`));
  }
  return found;
}

async function roles(iam: IAM): Promise<string[]> {
  const found: string[] = [];
  for (const { RoleName } of (await iam.listRoles({})).Roles ?? []) {
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    found.push(`role ${RoleName}`, ...PolicyNames.map((name) => `policy ${RoleName} ${name}`));
  }
  return found;
}

async function apis(gateway: ApiGatewayV2): Promise<string[]> {
  const found: string[] = [];
  for (const { ApiId, Name, Tags, CorsConfiguration } of (await gateway.getApis({})).Items ?? []) {
    found.push(`api ${Name} ${stable(Tags)} ${stable(CorsConfiguration)}`);
    const { Items: integrations = [] } = await gateway.getIntegrations({ ApiId });
    const uris = new Map(
      integrations.map((one) => [`integrations/${one.IntegrationId}`, one.IntegrationUri]),
    );
    const { Items: routes = [] } = await gateway.getRoutes({ ApiId });
    const { Items: stages = [] } = await gateway.getStages({ ApiId });
    found.push(
      ...[...uris.values()].map((uri) => `integration ${Name} ${uri}`),
      ...routes.map(({ RouteKey, Target }) => `route ${Name} ${RouteKey} ${uris.get(Target ?? '')}`),
      ...stages.map(({ StageName, AutoDeploy }) => `stage ${Name} ${StageName} ${AutoDeploy}`),
    );
  }
  return found;
}

async function buckets(s3: S3): Promise<string[]> {
  const found: string[] = [];
  for (const { Name: Bucket } of (await s3.listBuckets({})).Buckets ?? []) {
    const tags = await s3.getBucketTagging({ Bucket }).catch(() => undefined);
    const website = await s3.getBucketWebsite({ Bucket }).catch(() => undefined);
    const policy = await s3.getBucketPolicy({ Bucket }).catch(() => undefined);
    const { $metadata: _, ...pages } = website ?? { $metadata: {} };
    const sorted = (tags?.TagSet ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort();
    found.push(`bucket ${Bucket} ${sorted.join(' ')} ${stable(pages)} ${policy?.Policy}`);
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    found.push(...Contents.map(({ Key, ETag }) => `file ${Bucket} ${Key} ${ETag}`));
  }
  return found;
}

/** The same whatever order the keys are in. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inside: unknown) =>
      typeof inside === 'object' && inside !== null && !Array.isArray(inside)
        ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inside,
    ) ?? ''
  );
}
