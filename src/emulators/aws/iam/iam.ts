import type { AwsContext } from '../context.ts';
import { formOf, membersOf, newId, queryAnswer, queryFailure, type Tree } from '../query-protocol.ts';
import { ACCOUNT, AwsError, type AwsService } from '../service.ts';

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

interface Role {
  name: string;
  id: string;
  path: string;
  /** JSON. */
  trust: string;
  description: string;
  createdAt: string;
  /** JSON by name. */
  policies: Record<string, string>;
  /** ARNs. */
  attached: string[];
  tags: Record<string, string>;
}

interface Books {
  roles: Record<string, Role>;
}

interface Asked {
  form: URLSearchParams;
  now: number;
}

/** Another form of the books, and what the cloud answers. Throws `AwsError`. */
type Action = (books: Books, asked: Asked) => { books: Books; result: Tree };

/** IAM as far as deploying needs it: roles with their policies. Nothing of it is enforced. */
export function openIam(context: AwsContext): AwsService {
  const store = context.openStore<Books>('iam', { roles: {} });
  return {
    name: 'iam',
    operation: (call) => formOf(call).get('Action') ?? undefined,
    handle: async (call) => {
      const form = formOf(call);
      const name = form.get('Action') ?? '';
      const action = ACTIONS[name];
      if (action === undefined)
        throw new AwsError(400, 'InvalidAction', `Could not find operation ${name} for version 2010-05-08`);
      const result = await store.change((books) => {
        const made = action(books, { form, now: context.now() });
        return { value: made.books, result: made.result };
      });
      return queryAnswer(name, NAMESPACE, call.requestId, result);
    },
    failure: (error, call) => queryFailure(NAMESPACE, error, call),
    close: () => store.settled(),
  };
}

const ACTIONS: Record<string, Action> = {
  CreateRole: (books, { form, now }) => {
    const name = needed(form, 'RoleName');
    if (books.roles[name] !== undefined)
      throw new AwsError(409, 'EntityAlreadyExists', `Role with name ${name} already exists.`);
    const role: Role = {
      name,
      id: newId('AROA'),
      path: form.get('Path') ?? '/',
      trust: policyDocument(form, 'AssumeRolePolicyDocument'),
      description: form.get('Description') ?? '',
      createdAt: new Date(now).toISOString(),
      policies: {},
      attached: [],
      tags: tagsOf(form),
    };
    return { books: withRole(books, role), result: { Role: shownRole(role) } };
  },
  GetRole: (books, { form }) => ({ books, result: { Role: shownRole(roleOf(books, form)) } }),
  DeleteRole: (books, { form }) => {
    const role = roleOf(books, form);
    if (Object.keys(role.policies).length > 0)
      throw inUse('Cannot delete entity, must delete policies first.');
    if (role.attached.length > 0) throw inUse('Cannot delete entity, must detach all policies first.');
    const { [role.name]: _, ...roles } = books.roles;
    return { books: { roles }, result: {} };
  },
  ListRoles: (books) => ({
    books,
    result: { Roles: Object.values(books.roles).map(shownRole), IsTruncated: false },
  }),
  UpdateAssumeRolePolicy: change((role, form) => ({
    ...role,
    trust: policyDocument(form, 'PolicyDocument'),
  })),
  UpdateRole: change((role, form) => ({ ...role, description: form.get('Description') ?? role.description })),
  TagRole: change((role, form) => ({ ...role, tags: { ...role.tags, ...tagsOf(form) } })),
  UntagRole: change((role, form) => {
    const gone = new Set(membersOf(form, 'TagKeys').map((one) => one['']));
    return { ...role, tags: Object.fromEntries(Object.entries(role.tags).filter(([key]) => !gone.has(key))) };
  }),
  ListRoleTags: (books, { form }) => ({
    books,
    result: { Tags: shownTags(roleOf(books, form).tags), IsTruncated: false },
  }),
  PutRolePolicy: change((role, form) => ({
    ...role,
    policies: { ...role.policies, [needed(form, 'PolicyName')]: policyDocument(form, 'PolicyDocument') },
  })),
  GetRolePolicy: (books, { form }) => {
    const role = roleOf(books, form);
    const name = needed(form, 'PolicyName');
    const document = role.policies[name];
    if (document === undefined) throw noEntity(`The role policy with name ${name} cannot be found.`);
    return {
      books,
      result: { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) },
    };
  },
  DeleteRolePolicy: change((role, form) => {
    const { [needed(form, 'PolicyName')]: gone, ...policies } = role.policies;
    if (gone === undefined)
      throw noEntity(`The role policy with name ${form.get('PolicyName')} cannot be found.`);
    return { ...role, policies };
  }),
  ListRolePolicies: (books, { form }) => ({
    books,
    result: { PolicyNames: Object.keys(roleOf(books, form).policies), IsTruncated: false },
  }),
  AttachRolePolicy: change((role, form) => ({
    ...role,
    attached: [...new Set([...role.attached, needed(form, 'PolicyArn')])],
  })),
  DetachRolePolicy: change((role, form) => {
    const arn = needed(form, 'PolicyArn');
    if (!role.attached.includes(arn)) throw noEntity(`Policy ${arn} was not found.`);
    return { ...role, attached: role.attached.filter((one) => one !== arn) };
  }),
  ListAttachedRolePolicies: (books, { form }) => ({
    books,
    result: {
      AttachedPolicies: roleOf(books, form).attached.map((arn) => ({
        PolicyName: arn.split('/').at(-1)!,
        PolicyArn: arn,
      })),
      IsTruncated: false,
    },
  }),
  GetUser: (books) => ({
    books,
    result: {
      User: {
        UserName: 'local',
        UserId: 'AIDALOCAL',
        Path: '/',
        Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
        CreateDate: '2026-01-01T00:00:00Z',
      },
    },
  }),
};

function change(make: (role: Role, form: URLSearchParams) => Role): Action {
  return (books, { form }) => ({ books: withRole(books, make(roleOf(books, form), form)), result: {} });
}

function withRole(books: Books, role: Role): Books {
  return { roles: { ...books.roles, [role.name]: role } };
}

function roleOf({ roles }: Books, form: URLSearchParams): Role {
  const name = needed(form, 'RoleName');
  const role = roles[name];
  if (role === undefined) throw noEntity(`The role with name ${name} cannot be found.`);
  return role;
}

function shownRole({ name, id, path, trust, description, createdAt, tags }: Role): Tree {
  return {
    RoleName: name,
    RoleId: id,
    Path: path,
    Arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    CreateDate: createdAt,
    AssumeRolePolicyDocument: encodeURIComponent(trust),
    Description: description,
    MaxSessionDuration: 3600,
    ...(Object.keys(tags).length === 0 ? {} : { Tags: shownTags(tags) }),
  };
}

function shownTags(tags: Record<string, string>): Tree {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function tagsOf(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries(membersOf(form, 'Tags').map(({ Key = '', Value = '' }) => [Key, Value]));
}

function needed(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  throw new AwsError(
    400,
    'ValidationError',
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function policyDocument(form: URLSearchParams, name: string): string {
  const text = needed(form, name);
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError(400, 'MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

function noEntity(message: string): AwsError {
  return new AwsError(404, 'NoSuchEntity', message);
}

function inUse(message: string): AwsError {
  return new AwsError(409, 'DeleteConflict', message);
}
