import { randomBytes } from 'node:crypto';

import type { JsonObject } from '../../../events/types.ts';
import { type Actions, runAction, text, wholeNumber } from '../call-parameters.ts';
import type { TencentContext } from '../context.ts';
import { TencentError, type TencentService, UIN } from '../service.ts';

interface Given {
  id: string;
  secret: string;
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

interface Told {
  keys: Given[];
}

/** Keys for a time: whoever has them may do all that the account may. */
export function openSts(context: TencentContext): TencentService {
  const store = context.openStore<Told>('sts', { keys: [] });
  context.peers.temporaryKeys = {
    find: (id) => {
      const found = store.current().keys.find((key) => key.id === id);
      if (found === undefined || found.expiresAt <= context.now()) return undefined;
      return { secret: found.secret, token: found.token };
    },
  };

  async function give(parameters: JsonObject, fallback: number, most: number): Promise<JsonObject> {
    const seconds = wholeNumber(parameters, 'DurationSeconds', fallback);
    if (seconds < 1 || seconds > most) {
      throw new TencentError('InvalidParameter.ParamError', `DurationSeconds must be between 1 and ${most}.`);
    }
    const now = context.now();
    const given: Given = {
      id: `AKID${randomBytes(24).toString('base64url')}`,
      secret: randomBytes(32).toString('base64'),
      token: randomBytes(96).toString('base64url'),
      expiresAt: now + seconds * 1000,
    };
    await store.change(({ keys }) => ({
      value: { keys: [...keys.filter(({ expiresAt }) => expiresAt > now), given] },
      result: undefined,
    }));
    return {
      Credentials: { Token: given.token, TmpSecretId: given.id, TmpSecretKey: given.secret },
      ExpiredTime: Math.floor(given.expiresAt / 1000),
      Expiration: new Date(given.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }

  const actions: Actions = {
    GetCallerIdentity: () => ({
      Arn: `qcs::cam::uin/${UIN}:uin/${UIN}`,
      AccountId: UIN,
      UserId: UIN,
      PrincipalId: UIN,
      Type: 'CAMUser',
    }),
    AssumeRole: (parameters) => {
      text(parameters, 'RoleSessionName');
      if (!/^qcs::cam::uin\/\d+:role(?:Name)?\/.+/.test(text(parameters, 'RoleArn'))) {
        throw new TencentError('InvalidParameter.ParamError', 'RoleArn is not the resource of a role.');
      }
      return give(parameters, 7200, 43_200);
    },
    GetFederationToken: (parameters) => {
      text(parameters, 'Name');
      text(parameters, 'Policy');
      return give(parameters, 1800, 129_600);
    },
  };

  return {
    name: 'sts',
    actions: Object.keys(actions),
    handle: ({ action, parameters }) => runAction(actions, action, parameters),
    close: () => store.settled(),
  };
}
