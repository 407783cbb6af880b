import { type Actions, CloudError, type Params, text } from './actions.ts';

export interface CloudFunction {
  params: Params;
  /** Of the next look; what was changed is busy once, then active. */
  status: string;
  triggers: Params[];
  tags: Record<string, string>;
}

export interface Functions {
  functions: Map<string, CloudFunction>;
  layers: Map<string, Params>;
  roles: Set<string>;
  actions: Record<'cam' | 'scf' | 'tag', Actions>;
}

/** Functions, layers and roles as the API answers for them. `hasObject` knows the uploaded packages. */
export function createFunctions(hasObject: (bucket: string, key: string) => boolean): Functions {
  const functions = new Map<string, CloudFunction>();
  const layers = new Map<string, Params>();
  const roles = new Set<string>();

  const find = (params: Params): CloudFunction => {
    const found = functions.get(text(params, 'FunctionName'));
    if (found !== undefined) return found;
    throw new CloudError('ResourceNotFound.Function', 'The function does not exist.');
  };
  /** The API refuses to touch what it is still at. */
  const findIdle = (params: Params): CloudFunction => {
    const found = find(params);
    if (found.status === 'Active') return found;
    throw new CloudError('FailedOperation.FunctionStatusError', `The function is ${found.status}.`);
  };
  const mustHavePackage = (code: Params): void => {
    if (hasObject(text(code, 'CosBucketName'), text(code, 'CosObjectName').replace(/^\//, ''))) return;
    throw new CloudError('InvalidParameterValue.CosObjectName', 'There is no such object.');
  };

  const scf: Actions = {
    GetFunction(params) {
      const { params: made, status, triggers } = find(params);
      find(params).status = 'Active';
      const name = text(params, 'FunctionName');
      return { ...made, FunctionId: `lam-${name}`, Status: status, Triggers: triggers };
    },
    CreateFunction(params) {
      if (functions.has(text(params, 'FunctionName'))) {
        throw new CloudError('ResourceInUse.Function', 'The function exists.');
      }
      mustHavePackage(params['Code'] as Params);
      functions.set(text(params, 'FunctionName'), { params, status: 'Creating', triggers: [], tags: {} });
      return {};
    },
    UpdateFunctionCode(params) {
      const found = findIdle(params);
      mustHavePackage(params);
      const { CosBucketName, CosObjectName } = params;
      found.params = { ...found.params, Code: { CosBucketName, CosObjectName } };
      found.status = 'Updating';
      return {};
    },
    UpdateFunctionConfiguration(params) {
      const found = findIdle(params);
      found.params = { ...found.params, ...params };
      found.status = 'Updating';
      return {};
    },
    DeleteFunction(params) {
      find(params);
      functions.delete(text(params, 'FunctionName'));
      return {};
    },
    CreateTrigger(params) {
      const { TriggerName, Type, TriggerDesc } = params;
      const trigger = {
        TriggerName,
        Type,
        TriggerDesc: JSON.stringify({ cron: `0 ${String(TriggerDesc)} *` }),
        Enable: 1,
      };
      findIdle(params).triggers.push(trigger);
      return { TriggerInfo: trigger };
    },
    DeleteTrigger(params) {
      const found = findIdle(params);
      found.triggers = found.triggers.filter((one) => one['TriggerName'] !== params['TriggerName']);
      return {};
    },
    PublishLayerVersion(params) {
      mustHavePackage(params['Content'] as Params);
      const name = text(params, 'LayerName');
      const version = [...layers.keys()].filter((key) => key.startsWith(`${name}:`)).length + 1;
      layers.set(`${name}:${version}`, params);
      return { LayerVersion: version };
    },
    GetLayerVersion(params) {
      const { LayerName, LayerVersion } = params;
      if (!layers.has(`${String(LayerName)}:${String(LayerVersion)}`)) {
        throw new CloudError('ResourceNotFound.LayerVersion', 'The layer does not exist.');
      }
      return { LayerVersion };
    },
    DeleteLayerVersion(params) {
      layers.delete(`${String(params['LayerName'])}:${String(params['LayerVersion'])}`);
      return {};
    },
  };

  const cam: Actions = {
    GetUserAppId: () => ({ AppId: 1250000000, OwnerUin: '100000000001', Uin: '100000000001' }),
    ListPolicies: () => ({
      List: [{ PolicyName: 'QcloudAccessForScfRole', PolicyId: 28341895 }],
      TotalNum: 1,
    }),
    CreateRole(params) {
      if (roles.has(text(params, 'RoleName'))) {
        throw new CloudError('InvalidParameter.RoleNameInUse', 'role name in use');
      }
      roles.add(text(params, 'RoleName'));
      return { RoleId: '1' };
    },
    AttachRolePolicy: () => ({}),
  };

  const tag: Actions = {
    DescribeResourceTagsByResourceIds: () => ({ TotalCount: 0, Tags: [] }),
    ModifyResourceTags(params) {
      const name = text(params, 'Resource').split('/lam-')[1]!;
      const replaced = (params['ReplaceTags'] ?? []) as { TagKey: string; TagValue: string }[];
      for (const { TagKey, TagValue } of replaced) functions.get(name)!.tags[TagKey] = TagValue;
      return {};
    },
  };

  return { functions, layers, roles, actions: { cam, scf, tag } };
}
