import type { XmlValue } from '../../xml.ts';
import type { QueryAction, QueryCall } from '../query-protocol.ts';
import { AwsError } from '../service.ts';
import { findRole, noSuchEntity, type Role, roleArn } from './books.ts';
import type { Desk } from './iam.ts';
import { documentOf, encoded, nameOf, newId, pageOf, pathOf, tagElements, tagsOf } from './parameters.ts';
import { findPolicy } from './policies.ts';

export function roleActions(desk: Desk): Record<string, QueryAction> {
  const books = () => desk.store.current();
  const roleOf = ({ form }: QueryCall): Role => findRole(books(), nameOf(form, 'RoleName', 64));
  return {
    CreateRole: (call) => createRole(desk, call),
    GetRole: (call) => ({ Role: shown(roleOf(call)) }),
    ListRoles: ({ form }) => {
      const prefix = form.text('PathPrefix') ?? '/';
      const all = Object.values(books().roles)
        .filter(({ path }) => path.startsWith(prefix))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const { items, more } = pageOf(form, all);
      return { Roles: { member: items.map((role) => shown(role, false)) }, ...more };
    },
    DeleteRole: (call) => deleteRole(desk, call),
    UpdateAssumeRolePolicy: async (call) => {
      const trust = documentOf(call.form, 'PolicyDocument');
      await change(desk, call, (role) => ({ ...role, trust }));
      return undefined;
    },
    UpdateRole: async (call) => {
      const { form } = call;
      await change(desk, call, (role) => ({
        ...role,
        description: form.text('Description') ?? role.description,
        maxSession: Number(form.text('MaxSessionDuration') ?? role.maxSession),
      }));
      return '';
    },
    TagRole: async (call) => {
      const tags = tagsOf(call.form);
      await change(desk, call, (role) => ({ ...role, tags: { ...role.tags, ...tags } }));
      return undefined;
    },
    UntagRole: async (call) => {
      const keys = call.form.list('TagKeys');
      await change(desk, call, (role) => ({
        ...role,
        tags: Object.fromEntries(Object.entries(role.tags).filter(([key]) => !keys.includes(key))),
      }));
      return undefined;
    },
    ListRoleTags: (call) => ({ Tags: tagElements(roleOf(call).tags), IsTruncated: false }),
    ListInstanceProfilesForRole: (call) => {
      roleOf(call);
      return { InstanceProfiles: '', IsTruncated: false };
    },
    PutRolePolicy: async (call) => {
      const name = nameOf(call.form, 'PolicyName');
      const document = documentOf(call.form, 'PolicyDocument');
      await change(desk, call, (role) => ({ ...role, inline: { ...role.inline, [name]: document } }));
      return undefined;
    },
    GetRolePolicy: (call) => {
      const { name, inline } = roleOf(call);
      const policy = nameOf(call.form, 'PolicyName');
      const document = Object.hasOwn(inline, policy) ? inline[policy] : undefined;
      if (document === undefined) throw noSuchInline(policy);
      return { RoleName: name, PolicyName: policy, PolicyDocument: encoded(document) };
    },
    ListRolePolicies: (call) => {
      const { items, more } = pageOf(call.form, Object.keys(roleOf(call).inline).toSorted());
      return { PolicyNames: { member: items }, ...more };
    },
    DeleteRolePolicy: async (call) => {
      const name = nameOf(call.form, 'PolicyName');
      await change(desk, call, (role) => {
        if (!Object.hasOwn(role.inline, name)) throw noSuchInline(name);
        const { [name]: _, ...inline } = role.inline;
        return { ...role, inline };
      });
      return undefined;
    },
    AttachRolePolicy: async (call) => {
      const arn = call.form.required('PolicyArn');
      findPolicy(books(), arn);
      await change(desk, call, (role) => ({ ...role, attached: [...new Set([...role.attached, arn])] }));
      return undefined;
    },
    DetachRolePolicy: async (call) => {
      const arn = call.form.required('PolicyArn');
      await change(desk, call, (role) => {
        if (!role.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
        return { ...role, attached: role.attached.filter((one) => one !== arn) };
      });
      return undefined;
    },
    ListAttachedRolePolicies: (call) => {
      const { items, more } = pageOf(call.form, roleOf(call).attached);
      const member = items.map((PolicyArn) => ({
        PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
        PolicyArn,
      }));
      return { AttachedPolicies: { member }, ...more };
    },
  };
}

async function createRole({ store, context }: Desk, { form }: QueryCall): Promise<XmlValue> {
  const role: Role = {
    name: nameOf(form, 'RoleName', 64),
    path: pathOf(form),
    id: newId('AROA'),
    createdAt: new Date(context.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    trust: documentOf(form, 'AssumeRolePolicyDocument'),
    description: form.text('Description') ?? '',
    maxSession: Number(form.text('MaxSessionDuration') ?? 3600),
    tags: tagsOf(form),
    inline: {},
    attached: [],
  };
  await store.change((books) => {
    // Names are told apart without a look at their case.
    if (Object.keys(books.roles).some((name) => name.toLowerCase() === role.name.toLowerCase()))
      throw new AwsError(409, 'EntityAlreadyExists', `Role with name ${role.name} already exists.`);
    return { value: { ...books, roles: { ...books.roles, [role.name]: role } }, result: undefined };
  });
  return { Role: shown(role) };
}

async function deleteRole({ store }: Desk, { form }: QueryCall): Promise<undefined> {
  const name = nameOf(form, 'RoleName', 64);
  await store.change((books) => {
    const { inline, attached } = findRole(books, name);
    if (attached.length > 0)
      throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.');
    if (Object.keys(inline).length > 0)
      throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must delete policies first.');
    const { [name]: _, ...roles } = books.roles;
    return { value: { ...books, roles }, result: undefined };
  });
}

function change({ store }: Desk, { form }: QueryCall, make: (role: Role) => Role): Promise<void> {
  const name = nameOf(form, 'RoleName', 64);
  return store.change((books) => ({
    value: { ...books, roles: { ...books.roles, [name]: make(findRole(books, name)) } },
    result: undefined,
  }));
}

/** Lists have no tags. */
function shown(role: Role, withTags = true): XmlValue {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: roleArn(role),
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encoded(role.trust),
    Description: role.description === '' ? undefined : role.description,
    MaxSessionDuration: role.maxSession,
    Tags: withTags && Object.keys(role.tags).length > 0 ? tagElements(role.tags) : undefined,
  };
}

function noSuchInline(name: string): AwsError {
  return noSuchEntity(`The role policy with name ${name} cannot be found.`);
}
