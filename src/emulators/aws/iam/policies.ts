import type { XmlValue } from '../../xml.ts';
import type { QueryAction, QueryCall } from '../query-protocol.ts';
import { AwsError } from '../service.ts';
import { type Books, noSuchEntity, type Policy, policyArn } from './books.ts';
import type { Desk } from './iam.ts';
import { documentOf, encoded, nameOf, newId, pageOf, pathOf, tagElements, tagsOf } from './parameters.ts';

/** Those of AWS: `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`. What is in them nobody asks here. */
const MANAGED = /^arn:aws[\w-]*:iam::aws:policy(\/(?:[\w+=,.@-]+\/)*)([\w+=,.@-]+)$/;

/** Throws NoSuchEntity. */
export function findPolicy({ policies }: Books, arn: string): Policy {
  const [, path = '', name = ''] = MANAGED.exec(arn) ?? [];
  if (name !== '')
    return {
      name,
      path,
      id: `ANPA${name.toUpperCase().slice(0, 17)}`,
      createdAt: '2015-04-09T15:03:43Z',
      description: '',
      document: '',
      tags: {},
    };
  const found = Object.hasOwn(policies, arn) ? policies[arn] : undefined;
  if (found !== undefined) return found;
  throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
}

export function policyActions(desk: Desk): Record<string, QueryAction> {
  const books = (): Books => desk.store.current();
  return {
    CreatePolicy: (call) => createPolicy(desk, call),
    GetPolicy: ({ form }) => {
      const arn = form.required('PolicyArn');
      return { Policy: shown(books(), arn, findPolicy(books(), arn)) };
    },
    GetPolicyVersion: ({ form }) => {
      const { document, createdAt } = findPolicy(books(), form.required('PolicyArn'));
      if (form.required('VersionId') !== 'v1')
        throw noSuchEntity(`Policy version ${form.required('VersionId')} was not found.`);
      return {
        PolicyVersion: {
          Document: encoded(document),
          VersionId: 'v1',
          IsDefaultVersion: true,
          CreateDate: createdAt,
        },
      };
    },
    ListPolicyVersions: ({ form }) => {
      const { createdAt } = findPolicy(books(), form.required('PolicyArn'));
      const member = [{ VersionId: 'v1', IsDefaultVersion: true, CreateDate: createdAt }];
      return { Versions: { member }, IsTruncated: false };
    },
    ListPolicies: ({ form }) => {
      const all = form.text('Scope') === 'AWS' ? [] : Object.entries(books().policies);
      const { items, more } = pageOf(form, all);
      return { Policies: { member: items.map(([arn, policy]) => shown(books(), arn, policy)) }, ...more };
    },
    DeletePolicy: async ({ form }) => {
      const arn = form.required('PolicyArn');
      await desk.store.change((before) => {
        if (!Object.hasOwn(before.policies, arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
        if (attachments(before, arn) > 0)
          throw new AwsError(409, 'DeleteConflict', 'Cannot delete a policy attached to entities.');
        const { [arn]: _, ...policies } = before.policies;
        return { value: { ...before, policies }, result: undefined };
      });
      return undefined;
    },
  };
}

async function createPolicy({ store, context }: Desk, { form }: QueryCall): Promise<XmlValue> {
  const policy: Policy = {
    name: nameOf(form, 'PolicyName'),
    path: pathOf(form),
    id: newId('ANPA'),
    createdAt: new Date(context.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    description: form.text('Description') ?? '',
    document: documentOf(form, 'PolicyDocument'),
    tags: tagsOf(form),
  };
  const arn = policyArn(policy);
  await store.change((books) => {
    if (Object.hasOwn(books.policies, arn))
      throw new AwsError(
        409,
        'EntityAlreadyExists',
        `A policy called ${policy.name} already exists. Duplicate names are not allowed.`,
      );
    return { value: { ...books, policies: { ...books.policies, [arn]: policy } }, result: undefined };
  });
  return { Policy: shown(store.current(), arn, policy) };
}

function attachments({ roles }: Books, arn: string): number {
  return Object.values(roles).filter(({ attached }) => attached.includes(arn)).length;
}

function shown(books: Books, Arn: string, policy: Policy): XmlValue {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: attachments(books, Arn),
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.createdAt,
    Description: policy.description === '' ? undefined : policy.description,
    Tags: Object.keys(policy.tags).length === 0 ? undefined : tagElements(policy.tags),
  };
}
