import { expect } from 'vitest';

import { describeError, RopewayError } from '../../../src/lib/errors.ts';
import type { Cloud, ContractTest, WireError } from '../contract.ts';

/** What a cloud may say instead of doing it. All need a wire. */
export const refusalTests: ContractTest[] = [
  {
    title: 'a cloud that is throttled is asked again',
    run: async (cloud) => {
      const { wire, errors } = known(cloud);
      wire.refuse(errors.call, 2, errors.throttled);
      const deployment = await cloud.deployment({ name: 'throttled', answer: 'one' });
      await cloud.provider().deployFunction(deployment);
      expect((await cloud.provider().findFunction('throttled'))!.versions).toHaveLength(1);
    },
  },
  {
    title: 'answers that are lost are asked for again, and nothing is made twice',
    run: async (cloud) => {
      const { wire } = known(cloud);
      const before = await cloud.things();
      const deployment = await cloud.deployment({ name: 'whole', answer: 'one' });
      await cloud.provider().deployFunction(deployment);
      const whole = await cloud.things();
      await cloud.provider().removeFunction('whole');
      expect(await cloud.things()).toEqual(before);
      // Of every call the first answer.
      for (const name of new Set(wire.calls))
        if (cloud.twice?.test(name) !== true) wire.lose(new RegExp(`^${escaped(name)}$`), 1);
      await cloud.provider().deployFunction(deployment);
      wire.heal();
      expect(await cloud.things()).toEqual(whole);
      await cloud.provider().removeFunction('whole');
    },
    seconds: 180,
  },
  refusal('credentials that have expired are said to have', 'expired', 'CREDENTIALS_EXPIRED'),
  refusal('a permission that is missing is named', 'denied', 'ACCESS_DENIED'),
  refusal('a quota that is reached is said to be', 'quota', 'QUOTA_REACHED'),
];

function refusal(title: string, kind: 'expired' | 'denied' | 'quota', code: string): ContractTest {
  return {
    title,
    run: async (cloud) => {
      const { wire, errors } = known(cloud);
      const name = `refused-${kind}`;
      const said: WireError = errors[kind];
      wire.refuse(errors.call, Infinity, said);
      const deployment = await cloud.deployment({ name, answer: 'one' });
      const thrown: unknown = await cloud
        .provider()
        .deployFunction(deployment)
        .catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(RopewayError);
      expect(thrown).toMatchObject({ code });
      const text = describeError(thrown as RopewayError);
      expect(text).toContain(said.code);
      expect(text).toContain('request test-request');
      expect(text).toContain('to mend:');
      if (kind === 'denied') expect(text).toContain(errors.denied.needs);
      wire.heal();
      // It goes on from where it was refused.
      await cloud.provider().deployFunction(deployment);
      expect((await cloud.provider().findFunction(name))!.versions).toHaveLength(1);
    },
  };
}

function known({ wire, errors }: Cloud): Required<Pick<Cloud, 'wire' | 'errors'>> {
  if (wire === undefined || errors === undefined) throw new Error('this test needs a wire, or to be skipped');
  return { wire, errors };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
