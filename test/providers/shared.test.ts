import { expect, test } from 'vitest';

import { describeError } from '../../src/lib/errors.ts';
import { cloudError } from '../../src/providers/cloud-error.ts';
import { pollUntil } from '../../src/providers/polling.ts';
import { retrying } from '../../src/providers/retry.ts';

const never = new AbortController().signal;

test('an error of a cloud says what it means, what the cloud said, and what to do', () => {
  const error = cloudError({
    cloud: 'AWS',
    code: 'AccessDeniedException',
    message: 'User: arn:aws:iam::1:user/a is not authorized\n',
    requestId: '7f1a',
    action: 'lambda CreateFunction',
    explained: {
      code: 'ACCESS_DENIED',
      means: 'These credentials may not do lambda:CreateFunction.',
      fix: 'allow lambda:CreateFunction',
    },
  });
  expect(describeError(error)).toBe(
    `These credentials may not do lambda:CreateFunction. [ACCESS_DENIED]
  got:      AWS said AccessDeniedException: User: arn:aws:iam::1:user/a is not authorized (lambda CreateFunction, request 7f1a)
  to mend:  allow lambda:CreateFunction`,
  );
  expect(error.exitCode).toBe(2);
});

test('what passes is tried again, with waits below a time that doubles up to a limit', async () => {
  const drawn: number[] = [];
  let tries = 0;
  const answer = await retrying(
    async () => {
      tries += 1;
      if (tries < 6) throw new Error(`no ${tries}`);
      return 'yes';
    },
    {
      signal: never,
      isPassing: () => true,
      firstMs: 1,
      mostMs: 4,
      random: () => {
        drawn.push(tries);
        return 0;
      },
    },
  );
  expect(answer).toBe('yes');
  expect(drawn).toEqual([1, 2, 3, 4, 5]);
});

test('what does not pass is not tried again, and what does is given up after so many tries', async () => {
  let tries = 0;
  const failing = async (): Promise<never> => {
    tries += 1;
    throw new Error(`no ${tries}`);
  };
  await expect(retrying(failing, { signal: never, isPassing: () => false })).rejects.toThrow('no 1');
  await expect(
    retrying(failing, { signal: never, isPassing: () => true, tries: 3, firstMs: 0 }),
  ).rejects.toThrow('no 4');
  expect(tries).toBe(4);
});

test('a signal ends the waiting with its reason', async () => {
  const ending = new AbortController();
  const waiting = retrying(
    async () => {
      setImmediate(() => ending.abort(new Error('enough')));
      throw new Error('busy');
    },
    { signal: ending.signal, isPassing: () => true, firstMs: 60_000, random: () => 1 },
  );
  await expect(waiting).rejects.toThrow('enough');
});

test('polling returns what is seen at last, and gives up in the words of who polls', async () => {
  let looks = 0;
  const options = { signal: never, firstMs: 0, tooLate: () => new Error('too slow') };
  const seen = await pollUntil(async () => (++looks === 3 ? { state: 'Active' } : undefined), options);
  expect([seen, looks]).toEqual([{ state: 'Active' }, 3]);
  await expect(pollUntil(async () => undefined, { ...options, withinMs: 0 })).rejects.toThrow('too slow');
  const failing = async (): Promise<undefined> => {
    throw new Error('gone');
  };
  await expect(pollUntil(failing, options)).rejects.toThrow('gone');
});
