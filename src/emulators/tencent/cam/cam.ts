import type { JsonObject } from '../../../events/types.ts';
import {
  type Actions,
  cloudTime,
  numberedPage,
  optionalText,
  runAction,
  text,
  texts,
  wholeNumber,
} from '../call-parameters.ts';
import type { TencentContext } from '../context.ts';
import { APP_ID, TencentError, type TencentService, UIN } from '../service.ts';
import { idOfPolicy, PRESET_POLICIES } from './policies.ts';

interface Role {
  id: string;
  name: string;
  policyDocument: string;
  description: string;
  type: 'user' | 'system' | 'service_linked';
  sessionDuration: number;
  addedAt: number;
  updatedAt: number;
  policies: { name: string; addedAt: number }[];
}

interface Told {
  roles: Role[];
}

/** Users and roles, as far as deployments of functions ask: nothing that is written here is held against anybody. */
export function openCam(context: TencentContext): TencentService {
  const store = context.openStore<Told>('cam', { roles: [] });

  const find = (id: string | undefined, name: string | undefined): Role => {
    const role = store.current().roles.find((one) => (id ? one.id === id : one.name === name));
    if (role === undefined) throw new TencentError('InvalidParameter.RoleNotExist', 'role not exist');
    return role;
  };
  const replace = (changed: Role): Promise<void> =>
    store.change(({ roles }) => ({
      value: { roles: roles.map((one) => (one.id === changed.id ? changed : one)) },
      result: undefined,
    }));
  const create = (
    role: Pick<Role, 'name' | 'policyDocument' | 'description' | 'type' | 'sessionDuration'>,
  ) => {
    const now = context.now();
    return store.change(({ roles }) => {
      if (roles.some(({ name }) => name === role.name)) {
        throw new TencentError('InvalidParameter.RoleNameInUse', 'role name in use');
      }
      const id = String(4611686018427000000n + BigInt(roles.length) + BigInt(now));
      const made: Role = { id, ...role, addedAt: now, updatedAt: now, policies: [] };
      return { value: { roles: [...roles, made] }, result: { RoleId: id } };
    });
  };

  const actions: Actions = {
    GetUserAppId: () => ({ Uin: UIN, OwnerUin: UIN, AppId: Number(APP_ID) }),
    CreateRole: (parameters) => {
      const policyDocument = text(parameters, 'PolicyDocument');
      checkDocument(policyDocument);
      return create({
        name: text(parameters, 'RoleName'),
        policyDocument,
        description: optionalText(parameters, 'Description') ?? '',
        type: 'user',
        sessionDuration: wholeNumber(parameters, 'SessionDuration', 7200),
      });
    },
    CreateServiceLinkedRole: (parameters) => {
      const services = texts(parameters, 'QCSServiceName');
      if (services.length === 0) text(parameters, 'QCSServiceName');
      const [, product = 'Service'] = /^([^.]+)\./.exec(services[0]!) ?? [];
      const suffix = optionalText(parameters, 'CustomSuffix');
      return create({
        name: `${product.toUpperCase()}_QCSLinkedRole${suffix === undefined ? '' : `In${suffix}`}`,
        policyDocument: JSON.stringify({
          version: '2.0',
          statement: [{ action: 'name/sts:AssumeRole', effect: 'allow', principal: { service: services } }],
        }),
        description: optionalText(parameters, 'Description') ?? '',
        type: 'service_linked',
        sessionDuration: 43_200,
      });
    },
    GetRole: (parameters) => ({ RoleInfo: roleInfo(roleOf(parameters)) }),
    DescribeRoleList: (parameters) => {
      const { roles } = store.current();
      return { List: numberedPage(roles, parameters).map(roleInfo), TotalNum: roles.length };
    },
    DeleteRole: async (parameters) => {
      const { id } = roleOf(parameters);
      await store.change(({ roles }) => ({
        value: { roles: roles.filter((role) => role.id !== id) },
        result: undefined,
      }));
      return {};
    },
    AttachRolePolicy: async (parameters) => {
      const role = roleOf(parameters, 'Attach');
      const name = policyName(parameters);
      if (role.policies.some((policy) => policy.name === name)) return {};
      const now = context.now();
      await replace({ ...role, updatedAt: now, policies: [...role.policies, { name, addedAt: now }] });
      return {};
    },
    DetachRolePolicy: async (parameters) => {
      const role = roleOf(parameters, 'Detach');
      const name = policyName(parameters);
      await replace({
        ...role,
        updatedAt: context.now(),
        policies: role.policies.filter((policy) => policy.name !== name),
      });
      return {};
    },
    ListAttachedRolePolicies: (parameters) => {
      const { policies } = roleOf(parameters);
      const List = numberedPage(policies, parameters).map(({ name, addedAt }) => ({
        PolicyId: idOfPolicy(name),
        PolicyName: name,
        AddTime: cloudTime(addedAt),
        PolicyType: 'QCS',
        CreateMode: 2,
        Deactived: 0,
        DeactivedDetail: [],
        Description: '',
      }));
      return { List, TotalNum: policies.length };
    },
    ListPolicies: (parameters) => {
      const keyword = optionalText(parameters, 'Keyword') ?? '';
      const isLocal = optionalText(parameters, 'Scope') === 'Local';
      const found = PRESET_POLICIES.filter(({ name }) => !isLocal && name.includes(keyword));
      const List = numberedPage(found, parameters).map(({ id, name, description }) => ({
        PolicyId: id,
        PolicyName: name,
        AddTime: PRESET_TIME,
        Type: 2,
        Description: description,
        CreateMode: 2,
        Attachments: 0,
        ServiceType: 'cooperator',
        IsAttached: 0,
        Deactived: 0,
        DeactivedDetail: [],
        IsServiceLinkedPolicy: 0,
      }));
      return { TotalNum: found.length, List, ServiceTypeList: [] };
    },
    GetPolicy: (parameters) => {
      const id = wholeNumber(parameters, 'PolicyId', 0);
      const policy = PRESET_POLICIES.find((one) => one.id === id);
      if (policy === undefined) {
        throw new TencentError('InvalidParameter.PolicyIdNotExist', 'PolicyId not exist');
      }
      return {
        PolicyName: policy.name,
        Description: policy.description,
        Type: 2,
        AddTime: PRESET_TIME,
        UpdateTime: PRESET_TIME,
        PolicyDocument: JSON.stringify({
          version: '2.0',
          statement: [{ effect: 'allow', action: '*', resource: '*' }],
        }),
        PresetAlias: policy.name,
        IsServiceLinkedRolePolicy: 0,
      };
    },
  };

  function roleOf(parameters: JsonObject, prefix = ''): Role {
    const id = optionalText(parameters, `${prefix}RoleId`);
    const name = optionalText(parameters, `${prefix}RoleName`);
    if (!id && !name) text(parameters, `${prefix}RoleName`);
    return find(id, name);
  }

  return {
    name: 'cam',
    actions: Object.keys(actions),
    handle: ({ action, parameters }) => runAction(actions, action, parameters),
    close: () => store.settled(),
  };
}

const PRESET_TIME = '2020-01-01 00:00:00';

function roleInfo(role: Role): JsonObject {
  return {
    RoleId: role.id,
    RoleName: role.name,
    PolicyDocument: role.policyDocument,
    Description: role.description,
    AddTime: cloudTime(role.addedAt),
    UpdateTime: cloudTime(role.updatedAt),
    ConsoleLogin: 0,
    RoleType: role.type,
    SessionDuration: role.sessionDuration,
    DeletionTaskId: '',
    Tags: [],
    RoleArn: `qcs::cam::uin/${UIN}:roleName/${role.name}`,
  };
}

/** By name, or by the id of one that Tencent Cloud has made. */
function policyName(parameters: JsonObject): string {
  const name = optionalText(parameters, 'PolicyName');
  if (name) return name;
  const id = Number(text(parameters, 'PolicyId'));
  const policy = PRESET_POLICIES.find((one) => one.id === id);
  if (policy === undefined) throw new TencentError('InvalidParameter.PolicyIdNotExist', 'PolicyId not exist');
  return policy.name;
}

function checkDocument(document: string): void {
  try {
    JSON.parse(document);
  } catch {
    throw new TencentError('InvalidParameter.PolicyDocumentError', 'PolicyDocument is not JSON.');
  }
}
