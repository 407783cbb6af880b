import { randomUUID } from 'node:crypto';

import type { Fn, Policy, Statement } from './books.ts';
import {
  changeFunction,
  conflict,
  findFunction,
  findRevision,
  invalid,
  json,
  type LambdaCall,
  nothing,
  notFound,
  type Operation,
  refOf,
} from './desk.ts';
import { refuseOldRevision } from './functions.ts';
import { functionArn } from './names.ts';

export const addPermission: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  const statement = await changeFunction(desk, ref, (fn) => {
    findRevision(fn, qualifier);
    const before = policyOf(fn, qualifier);
    if (call.input['RevisionId'] !== undefined) refuseOldRevision(call.input['RevisionId'], before);
    const added = readStatement(call, fn, qualifier);
    if (before.statements.some(({ Sid }) => Sid === added.Sid))
      throw conflict(
        `The statement id (${added.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      );
    return { fn: withPolicy(fn, qualifier, [...before.statements, added]), result: added };
  });
  return json(201, { Statement: JSON.stringify(statement) });
};

export const getPolicy: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  const { statements, revisionId } = policyOf(fn, ref.qualifier);
  if (statements.length === 0) throw noPolicy();
  const policy = { Version: '2012-10-17', Id: 'default', Statement: statements };
  return json(200, { Policy: JSON.stringify(policy), RevisionId: revisionId });
};

export const removePermission: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  await changeFunction(desk, ref, (fn) => {
    const before = policyOf(fn, qualifier);
    if (before.statements.length === 0) throw noPolicy();
    const rest = before.statements.filter(({ Sid }) => Sid !== call.values['sid']);
    if (rest.length === before.statements.length)
      throw notFound(`Statement ${call.values['sid']} is not found in resource policy.`);
    return { fn: withPolicy(fn, qualifier, rest), result: undefined };
  });
  return nothing();
};

function policyOf({ policies }: Fn, qualifier: string): Policy {
  return policies[qualifier] ?? { statements: [], revisionId: '' };
}

function withPolicy(fn: Fn, qualifier: string, statements: Statement[]): Fn {
  return { ...fn, policies: { ...fn.policies, [qualifier]: { statements, revisionId: randomUUID() } } };
}

function readStatement({ input }: LambdaCall, fn: Fn, qualifier: string): Statement {
  const text = (key: string): string | undefined =>
    input[key] === undefined ? undefined : String(input[key]);
  const [sid, action, principal] = [text('StatementId'), text('Action'), text('Principal')];
  if (!sid || !/^[a-zA-Z0-9-_]+$/.test(sid))
    throw invalid('StatementId is missing, or has other characters than letters, digits, - and _.');
  if (!action || !/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(action))
    throw invalid('Action is missing or wrong.');
  if (!principal) throw invalid('Principal is missing.');
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: principalOf(principal),
    Action: action,
    Resource: functionArn(fn, qualifier),
    ...conditionsOf({
      StringEquals: {
        'AWS:SourceAccount': text('SourceAccount'),
        'lambda:FunctionUrlAuthType': text('FunctionUrlAuthType'),
        'aws:PrincipalOrgID': text('PrincipalOrgID'),
      },
      ArnLike: { 'AWS:SourceArn': text('SourceArn') },
      Bool: { 'lambda:InvokedViaFunctionUrl': text('InvokedViaFunctionUrl') },
    }),
  };
}

function principalOf(text: string): unknown {
  if (text === '*') return '*';
  if (text.endsWith('.amazonaws.com')) return { Service: text };
  return { AWS: /^\d{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text };
}

function conditionsOf(
  given: Record<string, Record<string, string | undefined>>,
): Pick<Statement, 'Condition'> {
  const kept = Object.entries(given).flatMap(([operator, pairs]) => {
    const known = Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return known.length === 0 ? [] : [[operator, Object.fromEntries(known)] as const];
  });
  return kept.length === 0 ? {} : { Condition: Object.fromEntries(kept) };
}

function noPolicy(): ReturnType<typeof notFound> {
  return notFound('The resource you requested does not exist.');
}
