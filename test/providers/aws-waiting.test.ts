import { afterEach, describe, expect, test } from 'vitest';

import { openAws } from '../../src/providers/aws/aws.ts';
import { ensureProvisioned } from '../../src/providers/aws/concurrency.ts';
import { publishVersion } from '../../src/providers/aws/versions.ts';
import type { FunctionDeployment } from '../../src/providers/types.ts';
import { answering, failed, type Script } from './answering.ts';

const answers = answering();
afterEach(() => answers.close());

const open = async (script: Script): Promise<ReturnType<typeof openAws>> =>
  openAws(await answers.options(script));

describe('instances that are ready beforehand', () => {
  const wish = (minInstances?: number): FunctionDeployment =>
    ({ name: 'shop', limits: minInstances === undefined ? {} : { minInstances } }) as FunctionDeployment;
  const config = (Status: string, more: object = {}): object => ({
    Status,
    RequestedProvisionedConcurrentExecutions: 2,
    ...more,
  });
  const methods = (): string[] => answers.calls().map((name) => name.split(' ')[1]!);

  test('are asked for and waited for', async () => {
    let looks = 0;
    const aws = await open((name) =>
      name.startsWith('lambda PUT')
        ? { status: 202, body: config('IN_PROGRESS') }
        : { body: config(++looks < 3 ? 'IN_PROGRESS' : 'READY') },
    );
    await ensureProvisioned(aws, wish(2), {});
    expect(methods()).toEqual(['PUT', 'GET', 'GET', 'GET']);
  });

  test('are not asked for again when they are there', async () => {
    const aws = await open(() => ({ body: config('READY') }));
    const provisioned = { RequestedProvisionedConcurrentExecutions: 2, Status: 'READY' as const };
    await ensureProvisioned(aws, wish(2), { provisioned });
    expect(methods()).toEqual(['GET']);
  });

  test('that cannot be had are said to be missing, with the reason', async () => {
    const aws = await open(() => ({
      body: config('FAILED', { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }),
    }));
    expect(await failed(ensureProvisioned(aws, wish(2), {}))).toMatchObject({
      code: 'INSTANCES_NOT_READY',
      got: 'FUNCTION_ERROR_INIT_FAILURE',
    });
  });

  test('are given back when nobody wants them any more', async () => {
    const aws = await open(() => ({ status: 204, body: '' }));
    await ensureProvisioned(aws, wish(), {});
    expect(methods()).toEqual([]);
    await ensureProvisioned(aws, wish(), { provisioned: { RequestedProvisionedConcurrentExecutions: 2 } });
    expect(methods()).toEqual(['DELETE']);
  });
});

describe('a version', () => {
  test('is there when it can be called', async () => {
    let looks = 0;
    const aws = await open((name) =>
      name.startsWith('lambda POST')
        ? { status: 201, body: { Version: '7', State: 'Pending' } }
        : {
            body: { Version: '7', State: ++looks < 3 ? 'Pending' : 'Active', LastUpdateStatus: 'Successful' },
          },
    );
    expect(await publishVersion(aws, 'shop')).toBe('7');
    expect(looks).toBe(3);
    expect(answers.calls().at(-1)).toContain('Qualifier=7');
  });

  test('whose app does not load when SnapStart starts it is said not to', async () => {
    const aws = await open(() => ({
      body: {
        Version: '7',
        State: 'Failed',
        StateReasonCode: 'FunctionError',
        StateReason: "KeyError: 'DATABASE'",
      },
    }));
    expect(await failed(publishVersion(aws, 'shop'))).toMatchObject({
      code: 'APP_NOT_LOADED',
      got: "FunctionError: KeyError: 'DATABASE'",
    });
  });

  test('that Lambda cannot make says why', async () => {
    const aws = await open(() => ({
      body: {
        Version: '7',
        State: 'Failed',
        StateReasonCode: 'SubnetOutOfIPAddresses',
        StateReason: 'no addresses',
      },
    }));
    expect(await failed(publishVersion(aws, 'shop'))).toMatchObject({
      code: 'CLOUD_REFUSED',
      got: 'SubnetOutOfIPAddresses: no addresses',
    });
  });
});
