/**
 * Every action that is called, by service, and what CAM has to allow for it (access management of SCF, doc 583/33020, and of COS, doc 436/12469). An
 * action that does not stand here is not called: the clients see to it, and a test that `policy.json` allows each of these.
 */
export const ACTIONS = {
  scf: {
    GetFunction: ['scf:GetFunction'],
    GetFunctionAddress: ['scf:GetFunctionAddress'],
    CreateFunction: ['scf:CreateFunction', 'cam:PassRole'],
    UpdateFunctionCode: ['scf:UpdateFunctionCode'],
    UpdateFunctionConfiguration: ['scf:UpdateFunctionConfiguration', 'cam:PassRole'],
    DeleteFunction: ['scf:DeleteFunction'],
    ListNamespaces: ['scf:ListNamespaces'],
    CreateNamespace: ['scf:CreateNamespace'],
    PublishVersion: ['scf:PublishVersion'],
    ListVersionByFunction: ['scf:ListVersionByFunction'],
    DeleteFunctionVersion: ['scf:DeleteFunctionVersion'],
    GetAlias: ['scf:GetAlias'],
    ListAliases: ['scf:ListAliases'],
    UpdateAlias: ['scf:UpdateAlias'],
    ListTriggers: ['scf:ListTriggers'],
    CreateTrigger: ['scf:CreateTrigger'],
    UpdateTrigger: ['scf:UpdateTrigger'],
    DeleteTrigger: ['scf:DeleteTrigger'],
    ListLayers: ['scf:ListLayers'],
    ListLayerVersions: ['scf:ListLayerVersions'],
    GetLayerVersion: ['scf:GetLayerVersion'],
    PublishLayerVersion: ['scf:PublishLayerVersion'],
    DeleteLayerVersion: ['scf:DeleteLayerVersion'],
    GetReservedConcurrencyConfig: ['scf:GetReservedConcurrencyConfig'],
    PutReservedConcurrencyConfig: ['scf:PutReservedConcurrencyConfig'],
    DeleteReservedConcurrencyConfig: ['scf:DeleteReservedConcurrencyConfig'],
    GetProvisionedConcurrencyConfig: ['scf:GetProvisionedConcurrencyConfig'],
    PutProvisionedConcurrencyConfig: ['scf:PutProvisionedConcurrencyConfig'],
    DeleteProvisionedConcurrencyConfig: ['scf:DeleteProvisionedConcurrencyConfig'],
    ListCustomDomains: ['scf:ListCustomDomains'],
    CreateCustomDomain: ['scf:CreateCustomDomain'],
    UpdateCustomDomain: ['scf:UpdateCustomDomain'],
    DeleteCustomDomain: ['scf:DeleteCustomDomain'],
    // A URL that only signed requests may call is tried with a signed one.
    Invoke: ['scf:Invoke', 'scf:InvokeFunctionUrl'],
    GetFunctionLogs: ['scf:GetFunctionLogs'],
  },
  cam: {
    GetUserAppId: ['cam:GetUserAppId'],
  },
  tag: {
    AttachResourcesTag: ['tag:AttachResourcesTag'],
    ModifyResourcesTagValue: ['tag:ModifyResourcesTagValue'],
    DetachResourcesTag: ['tag:DetachResourcesTag'],
  },
  cos: {
    putBucket: ['cos:PutBucket'],
    getBucket: ['cos:GetBucket'],
    deleteBucket: ['cos:DeleteBucket'],
    putBucketAcl: ['cos:PutBucketACL'],
    putBucketTagging: ['cos:PutBucketTagging'],
    getBucketTagging: ['cos:GetBucketTagging'],
    putBucketWebsite: ['cos:PutBucketWebsite'],
    getBucketWebsite: ['cos:GetBucketWebsite'],
    putBucketCors: ['cos:PutBucketCORS'],
    deleteBucketCors: ['cos:DeleteBucketCORS'],
    putBucketLifecycle: ['cos:PutBucketLifecycle'],
    headObject: ['cos:HeadObject'],
    getObject: ['cos:GetObject'],
    putObject: ['cos:PutObject'],
    deleteObject: ['cos:DeleteObject'],
    deleteMultipleObject: ['cos:DeleteMultipleObjects'],
  },
} as const;

/** What CAM has to allow for an action; undefined: the action stands in no list. */
export function camActions(service: string, action: string): readonly string[] | undefined {
  const actions = (ACTIONS as Record<string, Record<string, readonly string[]>>)[service];
  return actions !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
}
