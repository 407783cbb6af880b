import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { describeError, type RopewayError } from '../../src/lib/errors.ts';
import { guarded, tencentCode } from '../../src/providers/tencent/clients.ts';
import { explain, isKnown } from '../../src/providers/tencent/explain.ts';
import { triesOf } from '../../src/providers/tencent/passing.ts';

describe('explanations', () => {
  // Of the SDK for Node, 4.1.151.
  const codes = readFileSync(join(import.meta.dirname, 'tencent-error-codes.txt'), 'utf8')
    .trim()
    .split('\n');

  test('there is one for every code that SCF has', () => {
    expect(codes.length).toBeGreaterThan(340);
    expect(codes.filter((code) => !isKnown(code))).toEqual([]);
  });

  test('each says what it means and what to do', () => {
    for (const code of codes) {
      const { means, fix } = explain({
        service: 'scf',
        action: 'CreateFunction',
        region: 'ap-guangzhou',
        code,
        message: '',
      });
      expect(means, code).toMatch(/^[A-Z].*\.$/);
      expect(fix, code).toBeTruthy();
    }
  });

  const explained: Record<string, string> = {
    'AuthFailure.SignatureExpire': 'CREDENTIALS_WRONG',
    'AuthFailure.SecretIdNotFound': 'CREDENTIALS_WRONG',
    'AuthFailure.TokenFailure': 'CREDENTIALS_EXPIRED',
    'AuthFailure.UnauthorizedOperation': 'ACCESS_DENIED',
    'UnauthorizedOperation.CAM': 'ACCESS_DENIED',
    'UnauthorizedOperation.Region': 'WRONG_REGION',
    'UnauthorizedOperation.Role': 'ACCESS_DENIED',
    RequestLimitExceeded: 'THROTTLED',
    'RequestLimitExceeded.UinLimitExceeded': 'THROTTLED',
    'LimitExceeded.Function': 'QUOTA_REACHED',
    'LimitExceeded.Timeout': 'CLOUD_REFUSED',
    'LimitExceeded.FunctionReservedConcurrencyMemory': 'QUOTA_REACHED',
    'FailedOperation.InsufficientBalance': 'QUOTA_REACHED',
    'FailedOperation.FunctionStatusError': 'CLOUD_BUSY',
    'FailedOperation.PublishVersion': 'CLOUD_REFUSED',
    'ResourceInUse.Function': 'NAME_TAKEN',
    'ResourceInUse.LayerVersion': 'CLOUD_BUSY',
    'ResourceNotFound.Vpc': 'NOT_THERE',
    'InvalidParameterValue.ZipFile': 'PACKAGE_TOO_LARGE',
    'InvalidParameterValue.Description': 'CLOUD_REFUSED',
    'InternalError.System': 'CLOUD_FAILED',
    SomethingNew: 'CLOUD_FAILED',
    AccessDenied: 'ACCESS_DENIED',
    NoSuchBucket: 'NOT_THERE',
    SignatureDoesNotMatch: 'CREDENTIALS_WRONG',
    BucketAlreadyExists: 'NAME_TAKEN',
    ECONNREFUSED: 'CLOUD_UNREACHABLE',
    NO_ANSWER: 'CLOUD_UNREACHABLE',
  };

  test.each(Object.entries(explained))('%s is %s', (code, ours) => {
    const failure = { service: 'scf', action: 'CreateFunction', region: 'ap-guangzhou', code, message: '' };
    expect(explain(failure).code).toBe(ours);
  });

  test('a permission that is missing is the one that the cloud names, else that of the action', () => {
    const failure = { service: 'cos', action: 'putBucketAcl', region: 'ap-guangzhou', code: 'AccessDenied' };
    expect(explain({ ...failure, message: '' }).means).toBe('These keys may not do cos:PutBucketACL.');
    const message =
      'you are not authorized to perform operation (cam:PassRole) resource (qcs::cam::uin/1) has no permission';
    expect(explain({ ...failure, message }).means).toBe('These keys may not do cam:PassRole.');
  });
});

describe('calls', () => {
  const place = { service: 'scf', region: 'ap-guangzhou', signal: new AbortController().signal };
  const failing = (error: object, times: number, calls: number[] = []): (() => Promise<string>) => {
    return async () => {
      calls.push(1);
      if (calls.length > times) return 'done';
      throw Object.assign(new Error('said'), error);
    };
  };

  test('that are throttled, or find a function busy, are made again', async () => {
    for (const code of ['RequestLimitExceeded', 'FailedOperation.FunctionStatusError'])
      expect(await guarded(place, 'UpdateAlias', failing({ code }, 2))).toBe('done');
  });

  test('fail in words that hold the code and the id of the request', async () => {
    const calls: number[] = [];
    const thrown: unknown = await guarded(
      place,
      'GetFunction',
      failing({ code: 'ResourceNotFound.Function', requestId: 'id-1' }, 9, calls),
    ).catch((error: unknown) => error);
    expect(calls).toHaveLength(1);
    expect(tencentCode(thrown)).toBe('ResourceNotFound.Function');
    expect(describeError(thrown as RopewayError)).toContain(
      'Tencent Cloud said ResourceNotFound.Function: said (scf GetFunction, request id-1)',
    );
  });

  test('that would be done twice are made once when no answer comes, and again when nothing was sent', async () => {
    const lost: number[] = [];
    const message = 'request to https://scf failed, reason: socket hang up';
    const hung = Object.assign(new Error(message));
    await expect(
      guarded(place, 'PublishVersion', async () => {
        lost.push(1);
        throw hung;
      }),
    ).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE' });
    expect(lost).toHaveLength(1);
    expect(await guarded(place, 'PublishVersion', failing({ code: 'ECONNREFUSED' }, 1))).toBe('done');
    expect(await guarded(place, 'UpdateAlias', failing({ code: 'ECONNRESET' }, 1))).toBe('done');
  });

  test('of which no list knows are not made', () => {
    expect(() => guarded(place, 'DeleteEverything', async () => 1)).toThrow(TypeError);
  });

  test('end with the signal', async () => {
    const command = new AbortController();
    const reason = new Error('enough');
    const waiting = guarded({ ...place, signal: command.signal }, 'UpdateAlias', async () => {
      command.abort(reason);
      throw Object.assign(new Error('busy'), { code: 'RequestLimitExceeded' });
    });
    await expect(waiting).rejects.toBe(reason);
  });

  test('are tried less often by who has less time', () => {
    expect(triesOf('UpdateAlias', 'RequestLimitExceeded', 8)).toBe(8);
    expect(triesOf('UpdateAlias', 'RequestLimitExceeded', 1)).toBe(1);
    expect(triesOf('UpdateAlias', 'ResourceInUse.Alias', 8)).toBe(1);
    expect(triesOf('PublishVersion', 'InternalError', 8)).toBe(1);
    expect(triesOf('getBucketTagging', 'NoSuchBucket', 8)).toBe(1);
  });
});
