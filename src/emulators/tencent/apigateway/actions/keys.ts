import { randomBytes } from 'node:crypto';

import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, objects, optionalText, page, text, texts } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import { type Desk, isoTime, keyOf, replaced } from '../books.ts';
import type { ApiKey } from '../types.ts';

/** Keys of callers of APIs: not those of the cloud's account. */
export function keyActions({ books, context }: Desk): Actions {
  const enable = async (parameters: JsonObject, isEnabled: boolean): Promise<JsonObject> => {
    const id = text(parameters, 'AccessKeyId');
    await books.change((told) => {
      const key = { ...keyOf(told, id), isEnabled, modifiedAt: context.now() };
      return { told: { ...told, keys: replaced(told.keys, key) }, result: undefined };
    });
    return { Result: true };
  };
  return {
    CreateApiKey: async (parameters) => {
      const now = context.now();
      const isManual = optionalText(parameters, 'AccessKeyType') === 'manual';
      const key: ApiKey = {
        id: isManual ? text(parameters, 'AccessKeyId') : `AKID${randomBytes(18).toString('base64url')}`,
        secret: isManual ? text(parameters, 'AccessKeySecret') : randomBytes(24).toString('base64url'),
        name: optionalText(parameters, 'SecretName') ?? '',
        type: isManual ? 'manual' : 'auto',
        isEnabled: true,
        createdAt: now,
        modifiedAt: now,
      };
      await books.change((told) => {
        if (told.keys.some(({ id }) => id === key.id)) {
          throw new TencentError('FailedOperation.AccessKeyExist', 'There is such a key already.');
        }
        return { told: { ...told, keys: [...told.keys, key] }, result: undefined };
      });
      return { AccessKeyId: key.id, AccessKeySecret: key.secret, Result: keyInfo(key) };
    },
    DescribeApiKeysStatus: (parameters) => {
      const wanted = objects(parameters, 'Filters')
        .filter((filter) => text(filter, 'Name') === 'AccessKeyId')
        .flatMap((filter) => texts(filter, 'Values'));
      const ids = [...wanted, ...texts(parameters, 'AccessKeyIds')];
      const found = books.current().keys.filter(({ id }) => ids.length === 0 || ids.includes(id));
      return { Result: { TotalCount: found.length, ApiKeySet: page(found, parameters).map(keyInfo) } };
    },
    EnableApiKey: (parameters) => enable(parameters, true),
    DisableApiKey: (parameters) => enable(parameters, false),
    DeleteApiKey: async (parameters) => {
      const id = text(parameters, 'AccessKeyId');
      await books.change((told) => {
        if (keyOf(told, id).isEnabled) {
          throw new TencentError(
            'UnsupportedOperation.UnsupportedDeleteApi',
            'The key is enabled: disable it first.',
          );
        }
        const plans = told.plans.map((plan) => ({
          ...plan,
          keyIds: plan.keyIds.filter((one) => one !== id),
        }));
        return {
          told: { ...told, plans, keys: told.keys.filter((key) => key.id !== id) },
          result: undefined,
        };
      });
      return { Result: true };
    },
  };
}

function keyInfo(key: ApiKey): JsonObject {
  return {
    AccessKeyId: key.id,
    AccessKeySecret: key.secret,
    AccessKeyType: key.type,
    SecretName: key.name,
    Status: key.isEnabled ? 1 : 0,
    CreatedTime: isoTime(key.createdAt),
    ModifiedTime: isoTime(key.modifiedAt),
  };
}
