import { randomBytes } from 'node:crypto';

import type { AwsContext } from '../context.ts';
import { formOf, newId, queryAnswer, queryFailure } from '../query-protocol.ts';
import { ACCOUNT, AwsError, type AwsService } from '../service.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const SECONDS = 3600;

interface Books {
  /** By id of the key. */
  keys: Record<string, { secret: string; token: string; expires: number }>;
}

/** STS: who is calling, and keys for a time. */
export function openSts(context: AwsContext): AwsService {
  const store = context.openStore<Books>('sts', { keys: {} });
  context.peers.temporaryKeys = { find: (id) => store.current().keys[id] };
  return {
    name: 'sts',
    operation: (call) => formOf(call).get('Action') ?? undefined,
    handle: async (call) => {
      const form = formOf(call);
      const action = form.get('Action') ?? '';
      if (action === 'GetCallerIdentity') {
        return queryAnswer(action, NAMESPACE, call.requestId, {
          UserId: 'AIDALOCAL',
          Account: ACCOUNT,
          Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
        });
      }
      if (action !== 'AssumeRole' && action !== 'GetSessionToken')
        throw new AwsError(400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
      const id = newId('ASIA');
      const expires = context.now() + Number(form.get('DurationSeconds') ?? SECONDS) * 1000;
      const made = {
        secret: randomBytes(30).toString('base64'),
        token: randomBytes(60).toString('base64'),
        expires,
      };
      await store.change(({ keys }) => {
        const good = Object.fromEntries(
          Object.entries(keys).filter(([, key]) => key.expires > context.now()),
        );
        return { value: { keys: { ...good, [id]: made } }, result: undefined };
      });
      const Credentials = {
        AccessKeyId: id,
        SecretAccessKey: made.secret,
        SessionToken: made.token,
        Expiration: new Date(expires).toISOString(),
      };
      const [role, session] = [form.get('RoleArn') ?? '', form.get('RoleSessionName') ?? ''];
      const AssumedRoleUser = {
        AssumedRoleId: `${newId('AROA')}:${session}`,
        Arn: `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`,
      };
      return queryAnswer(
        action,
        NAMESPACE,
        call.requestId,
        action === 'AssumeRole' ? { Credentials, AssumedRoleUser } : { Credentials },
      );
    },
    failure: (error, call) => queryFailure(NAMESPACE, error, call),
    close: () => store.settled(),
  };
}
