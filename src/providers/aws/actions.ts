/**
 * Every operation that is called, by service, and the IAM actions that it takes (Service Authorization Reference of AWS). An operation that
 * does not stand here is not called: `clients.ts` sees to it, and a test that `policy.json` allows each of these actions.
 */
export const ACTIONS = {
  sts: {
    // Takes no permission.
    GetCallerIdentity: [],
  },
  lambda: {
    GetFunction: ['lambda:GetFunction'],
    GetFunctionConfiguration: ['lambda:GetFunctionConfiguration'],
    CreateFunction: ['lambda:CreateFunction', 'lambda:TagResource', 'iam:PassRole', 'lambda:GetLayerVersion'],
    UpdateFunctionCode: ['lambda:UpdateFunctionCode'],
    UpdateFunctionConfiguration: [
      'lambda:UpdateFunctionConfiguration',
      'iam:PassRole',
      'lambda:GetLayerVersion',
    ],
    DeleteFunction: ['lambda:DeleteFunction'],
    ListVersionsByFunction: ['lambda:ListVersionsByFunction'],
    PublishVersion: ['lambda:PublishVersion'],
    ListAliases: ['lambda:ListAliases'],
    GetAlias: ['lambda:GetAlias'],
    CreateAlias: ['lambda:CreateAlias'],
    UpdateAlias: ['lambda:UpdateAlias'],
    Invoke: ['lambda:InvokeFunction'],
    TagResource: ['lambda:TagResource'],
    UntagResource: ['lambda:UntagResource'],
    ListLayerVersions: ['lambda:ListLayerVersions'],
    PublishLayerVersion: ['lambda:PublishLayerVersion'],
    DeleteLayerVersion: ['lambda:DeleteLayerVersion'],
    PutFunctionConcurrency: ['lambda:PutFunctionConcurrency'],
    DeleteFunctionConcurrency: ['lambda:DeleteFunctionConcurrency'],
    GetProvisionedConcurrencyConfig: ['lambda:GetProvisionedConcurrencyConfig'],
    PutProvisionedConcurrencyConfig: ['lambda:PutProvisionedConcurrencyConfig'],
    DeleteProvisionedConcurrencyConfig: ['lambda:DeleteProvisionedConcurrencyConfig'],
    GetFunctionUrlConfig: ['lambda:GetFunctionUrlConfig'],
    CreateFunctionUrlConfig: ['lambda:CreateFunctionUrlConfig'],
    UpdateFunctionUrlConfig: ['lambda:UpdateFunctionUrlConfig'],
    DeleteFunctionUrlConfig: ['lambda:DeleteFunctionUrlConfig'],
    GetPolicy: ['lambda:GetPolicy'],
    AddPermission: ['lambda:AddPermission'],
    RemovePermission: ['lambda:RemovePermission'],
  },
  iam: {
    GetRole: ['iam:GetRole'],
    CreateRole: ['iam:CreateRole', 'iam:TagRole'],
    DeleteRole: ['iam:DeleteRole'],
    GetRolePolicy: ['iam:GetRolePolicy'],
    PutRolePolicy: ['iam:PutRolePolicy'],
    DeleteRolePolicy: ['iam:DeleteRolePolicy'],
  },
  logs: {
    FilterLogEvents: ['logs:FilterLogEvents'],
    DeleteLogGroup: ['logs:DeleteLogGroup'],
  },
  apigatewayv2: {
    GetApis: ['apigateway:GET'],
    CreateApi: ['apigateway:POST', 'apigateway:TagResource'],
    UpdateApi: ['apigateway:PATCH'],
    DeleteApi: ['apigateway:DELETE'],
    DeleteCorsConfiguration: ['apigateway:DELETE'],
    TagResource: ['apigateway:POST', 'apigateway:TagResource'],
    GetStages: ['apigateway:GET'],
    CreateStage: ['apigateway:POST', 'apigateway:TagResource'],
    DeleteStage: ['apigateway:DELETE'],
    GetIntegrations: ['apigateway:GET'],
    CreateIntegration: ['apigateway:POST'],
    DeleteIntegration: ['apigateway:DELETE'],
    GetRoutes: ['apigateway:GET'],
    CreateRoute: ['apigateway:POST'],
    UpdateRoute: ['apigateway:PATCH'],
    DeleteRoute: ['apigateway:DELETE'],
  },
  s3: {
    CreateBucket: ['s3:CreateBucket', 's3:TagResource'],
    DeleteBucket: ['s3:DeleteBucket'],
    GetBucketTagging: ['s3:GetBucketTagging'],
    PutBucketTagging: ['s3:PutBucketTagging'],
    PutPublicAccessBlock: ['s3:PutBucketPublicAccessBlock'],
    PutBucketPolicy: ['s3:PutBucketPolicy'],
    DeleteBucketPolicy: ['s3:DeleteBucketPolicy'],
    PutBucketWebsite: ['s3:PutBucketWebsite'],
    PutBucketCors: ['s3:PutBucketCORS'],
    DeleteBucketCors: ['s3:PutBucketCORS'],
    PutBucketEncryption: ['s3:PutEncryptionConfiguration'],
    PutBucketLifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
    ListObjectsV2: ['s3:ListBucket'],
    HeadObject: ['s3:GetObject'],
    GetObject: ['s3:GetObject'],
    DeleteObject: ['s3:DeleteObject'],
    PutObject: ['s3:PutObject'],
    DeleteObjects: ['s3:DeleteObject'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type Service = keyof typeof ACTIONS;

/** IAM actions of an operation; undefined: it does not stand here. */
export function iamActions(service: Service, operation: string): readonly string[] | undefined {
  return (ACTIONS[service] as Record<string, readonly string[]>)[operation];
}
