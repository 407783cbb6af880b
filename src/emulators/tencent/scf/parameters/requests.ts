/**
 * What each action takes (API `scf`, version 2018-04-16, as the models of its SDKs have it; then what the console and the old
 * components send and no document names). `!`: required. After a colon what it is; nothing: a text.
 */
export const REQUESTS: Record<string, string> = {
  CopyFunction: `
    FunctionName! NewFunctionName! Namespace TargetNamespace Description TargetRegion Override:bool
    CopyConfiguration:bool
  `,
  CreateAlias: 'Name! FunctionName! FunctionVersion! Namespace RoutingConfig:RoutingConfig Description',
  CreateCustomDomain: `
    Domain! Protocol! EndpointsConfig!:[EndpointsConf] CertConfig:CertConf WafConfig:WafConf
    Tags:[Tag]
  `,
  CreateFunction: `
    FunctionName! Code!:Code Handler Description MemorySize:int Timeout:int Environment:Environment
    Runtime VpcConfig:VpcConfig Namespace Role InstallDependency ClsLogsetId ClsTopicId Type
    CodeSource Layers:[LayerVersionSimple] DeadLetterConfig:DeadLetterConfig
    PublicNetConfig:PublicNetConfigIn CfsConfig:CfsConfig InitTimeout:int Tags:[Tag] AsyncRunEnable
    TraceEnable AutoDeployClsTopicIndex AutoCreateClsTopic ProtocolType
    ProtocolParams:ProtocolParams InstanceConcurrencyConfig:InstanceConcurrencyConfig DnsCache
    IntranetConfig:IntranetConfigIn L5Enable DiskSize:int DeployMode NodeType NodeSpec
    EipConfig:EipOutConfig UseGpu OnsEnable IgnoreSysLog:bool
  `,
  CreateNamespace: 'Namespace! Description ResourceEnv:NamespaceResourceEnv',
  CreateTrigger: `
    FunctionName! TriggerName! Type! TriggerDesc Namespace Qualifier Enable CustomArgument
    Description
  `,
  DeleteAlias: 'FunctionName! Name! Namespace',
  DeleteCustomDomain: 'Domain',
  DeleteFunction: 'FunctionName! Namespace Qualifier',
  DeleteFunctionVersion: 'FunctionName! Qualifier! Namespace ForceDelete',
  DeleteLayerVersion: 'LayerName! LayerVersion!:int',
  DeleteNamespace: 'Namespace!',
  DeleteProvisionedConcurrencyConfig: 'FunctionName! Qualifier! Namespace',
  DeleteReservedConcurrencyConfig: 'FunctionName! Namespace',
  DeleteTrigger: 'FunctionName! TriggerName! Type! Namespace TriggerDesc Qualifier',
  GetAccount: '',
  GetAlias: 'FunctionName! Name! Namespace',
  GetAsyncEventStatus: 'InvokeRequestId!',
  GetCustomDomain: 'Domain',
  GetFunction: 'FunctionName Qualifier Namespace ShowCode ShowTriggers',
  GetFunctionAddress: 'FunctionName! Qualifier Namespace',
  GetFunctionEventInvokeConfig: 'FunctionName! Namespace Qualifier',
  GetFunctionLogs: `
    FunctionName Offset:int Limit:int Order OrderBy Filter:LogFilter Namespace Qualifier
    FunctionRequestId StartTime EndTime SearchContext:LogSearchContext
  `,
  GetLayerVersion: 'LayerName! LayerVersion!:int',
  GetProvisionedConcurrencyConfig: 'FunctionName! Namespace Qualifier',
  GetRequestStatus: 'FunctionName! FunctionRequestId! Namespace StartTime EndTime',
  GetReservedConcurrencyConfig: 'FunctionName! Namespace',
  Invoke: 'FunctionName! InvocationType Qualifier ClientContext LogType Namespace RoutingKey',
  InvokeFunction: 'FunctionName! Qualifier Event LogType Namespace RoutingKey',
  ListAliases: 'FunctionName! Namespace FunctionVersion Offset Limit',
  ListAsyncEvents: `
    FunctionName! Namespace Qualifier InvokeType:[text] Status:[text] StartTimeInterval:TimeInterval
    EndTimeInterval:TimeInterval Order Orderby Offset:int Limit:int InvokeRequestId
  `,
  ListCustomDomains: 'Offset:int Limit:int OrderBy Order Filters:[Filter]',
  ListFunctions:
    'Order Orderby Offset:int Limit:int SearchKey Namespace Description Filters:[Filter] OrderBy',
  ListLayerVersions: 'LayerName! CompatibleRuntime:[text]',
  ListLayers: 'CompatibleRuntime Offset:int Limit:int SearchKey',
  ListNamespaces: 'Limit:int Offset:int Orderby Order SearchKey:[SearchKey]',
  ListTriggers: 'FunctionName! Namespace Offset:int Limit:int OrderBy Order Filters:[Filter]',
  ListVersionByFunction: 'FunctionName! Namespace Offset:int Limit:int Order OrderBy',
  PublishLayerVersion:
    'LayerName! CompatibleRuntimes!:[text] Content!:Code Description LicenseInfo Tags:[Tag]',
  PublishVersion: 'FunctionName! Description Namespace',
  PutProvisionedConcurrencyConfig: `
    FunctionName! Qualifier! VersionProvisionedConcurrencyNum!:int Namespace
    TriggerActions:[TriggerAction] ProvisionedType TrackingTarget:float MinCapacity:int
    MaxCapacity:int
  `,
  PutReservedConcurrencyConfig: 'FunctionName! ReservedConcurrencyMem!:int Namespace',
  PutTotalConcurrencyConfig: 'TotalConcurrencyMem!:int Namespace',
  TerminateAsyncEvent: 'FunctionName! InvokeRequestId! Namespace GraceShutdown:bool',
  UpdateAlias: 'FunctionName! Name! FunctionVersion! Namespace RoutingConfig:RoutingConfig Description',
  UpdateCustomDomain:
    'Domain! Protocol CertConfig:CertConf WafConfig:WafConf EndpointsConfig:[EndpointsConf]',
  UpdateFunctionCode: `
    FunctionName! Handler CosBucketName CosObjectName ZipFile Namespace CosBucketRegion
    InstallDependency EnvId Publish Code:Code CodeSource DeployMode
  `,
  UpdateFunctionConfiguration: `
    FunctionName! Description MemorySize:int Timeout:int Runtime Environment:Environment Namespace
    VpcConfig:VpcConfig Role InstallDependency ClsLogsetId ClsTopicId Publish L5Enable
    Layers:[LayerVersionSimple] DeadLetterConfig:DeadLetterConfig PublicNetConfig:PublicNetConfigIn
    CfsConfig:CfsConfig InitTimeout:int ProtocolParams:ProtocolParams
    InstanceConcurrencyConfig:InstanceConcurrencyConfig DnsCache IntranetConfig:IntranetConfigIn
    IgnoreSysLog:bool DiskSize:int AsyncRunEnable TraceEnable Handler ProtocolType Tags:[Tag]
    OnsEnable
  `,
  UpdateFunctionEventInvokeConfig: 'AsyncTriggerConfig!:AsyncTriggerConfig FunctionName! Namespace',
  UpdateNamespace: 'Namespace! Description!',
  UpdateTrigger: `
    FunctionName! TriggerName! Type! Enable Qualifier Namespace TriggerDesc Description
    CustomArgument
  `,
  UpdateTriggerStatus: 'Enable! FunctionName! TriggerName! Type! Qualifier Namespace TriggerDesc',
};
