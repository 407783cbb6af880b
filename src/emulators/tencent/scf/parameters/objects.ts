/** The objects among parameters, in the words of `requests.ts`. */
export const OBJECTS: Record<string, string> = {
  AsyncTriggerConfig: 'RetryConfig!:[RetryConfig] MsgTTL!:int',
  CertConf: 'CertificateId',
  CfsConfig: 'CfsInsList!:[CfsInsInfo]',
  CfsInsInfo: `
    UserId! UserGroupId! CfsId! MountInsId! LocalMountDir! RemoteMountDir! IpAddress MountVpcId
    MountSubnetId
  `,
  Code: `
    CosBucketName CosObjectName ZipFile CosBucketRegion DemoId TempCosObjectName GitUrl GitUserName
    GitPassword GitPasswordSecret GitBranch GitDirectory GitCommitId GitUserNameSecret
    ImageConfig:ImageConfig
  `,
  DeadLetterConfig: 'Type! Name! FilterType',
  EipConfigIn: 'EipStatus!',
  EipOutConfig: 'EipFixed Eips:[text]',
  EndpointsConf: 'Namespace! FunctionName! Qualifier! PathMatch! PathRewrite:[PathRewriteRule]',
  Environment: 'Variables:[Variable]',
  Filter: 'Name! Values!:[text]',
  ImageConfig: `
    ImageType! ImageUri! RegistryId EntryPoint Command Args ContainerImageAccelerate:bool
    ImagePort:int
  `,
  InstanceConcurrencyConfig: `
    DynamicEnabled MaxConcurrency:int InstanceIsolationEnabled Type MixNodeConfig:[MixNodeConfig]
    SessionConfig:SessionConfig
  `,
  IntranetConfigIn: 'IpFixed!',
  K8SLabel: 'Key! Value!',
  K8SToleration: 'Key Operator Effect Value TolerationSeconds:int',
  LayerVersionSimple: 'LayerName! LayerVersion!:int',
  LogFilter: 'RetCode',
  LogSearchContext: 'Offset! Limit!:int Keyword Type',
  MixNodeConfig: 'NodeSpec Num:int',
  NamespaceResourceEnv: 'TKE:NamespaceResourceEnvTKE OFFLINE:bool',
  NamespaceResourceEnvTKE: `
    ClusterID! SubnetID! Namespace! DataPath NodeSelector:[K8SLabel] Tolerations:[K8SToleration]
    Port:int PodTemplatePatch
  `,
  PathRewriteRule: 'Path! Type! Rewrite!',
  ProtocolParams: 'WSParams:WSParams',
  PublicNetConfigIn: 'PublicNetStatus! EipConfig:EipConfigIn',
  RetryConfig: 'RetryNum!:int',
  RoutingConfig: 'AdditionalVersionWeights:[VersionWeight] AddtionVersionMatchs:[VersionMatch]',
  SearchKey: 'Key! Value!',
  SessionConfig: `
    SessionSource SessionName MaximumConcurrencySessionPerInstance:int MaximumTTLInSeconds:int
    MaximumIdleTimeInSeconds:int SessionPath IdleTimeoutStrategy
  `,
  Tag: 'Key! Value!',
  TimeInterval: 'Start! End!',
  TriggerAction: 'TriggerName! TriggerProvisionedConcurrencyNum!:int TriggerCronConfig! ProvisionedType',
  Variable: 'Key Value',
  VersionMatch: 'Version! Key! Method! Expression!',
  VersionWeight: 'Version! Weight!:float',
  VpcConfig: 'VpcId SubnetId',
  WSParams: 'IdleTimeOut:int',
  WafConf: 'WafOpen WafInstanceId',
};
