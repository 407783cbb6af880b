import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { startTestEmulator, type TestEmulator } from './start.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: "arn:aws:logs:*:*:log-group:/it's (mine)!" }],
});

const clock = { ahead: 0 };
let emulator: TestEmulator;
let iam: IAM;
let sts: STS;
let count = 0;
let RoleName = '';

beforeAll(async () => {
  emulator = await startTestEmulator({ now: () => Date.now() + clock.ahead });
  iam = new IAM({ ...emulator.client, maxAttempts: 1 });
  sts = new STS({ ...emulator.client, maxAttempts: 1 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  count += 1;
  RoleName = `role-${count}`;
});

function create(more: object = {}): Promise<unknown> {
  return iam.createRole({ RoleName, Path: '/ropeway/', AssumeRolePolicyDocument: TRUST, ...more });
}

describe('roles', () => {
  test('are made once, told, changed', async () => {
    await create({ Description: 'what it may do', Tags: [{ Key: 'ropeway:function', Value: 'eu/x' }] });
    await expect(create()).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    const { Role } = await iam.getRole({ RoleName });
    expect(Role).toMatchObject({
      RoleName,
      Path: '/ropeway/',
      Arn: `arn:aws:iam::000000000000:role/ropeway/${RoleName}`,
      Description: 'what it may do',
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'ropeway:function', Value: 'eu/x' }],
    });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(TRUST);
    expect(Role!.CreateDate).toBeInstanceOf(Date);
    const other = TRUST.replace('lambda', 'edgelambda');
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: other });
    expect(decodeURIComponent((await iam.getRole({ RoleName })).Role!.AssumeRolePolicyDocument!)).toBe(other);
    await iam.tagRole({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] });
    await iam.untagRole({ RoleName, TagKeys: ['ropeway:function'] });
    expect((await iam.listRoleTags({ RoleName })).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    const listed = await iam.listRoles({ PathPrefix: '/ropeway/' });
    expect(listed.Roles!.map((role) => role.RoleName)).toContain(RoleName);
    expect((await iam.listRoles({ PathPrefix: '/other/' })).Roles).toEqual([]);
  });

  test('have policies of their own', async () => {
    await create();
    const at = { RoleName, PolicyName: 'ropeway' };
    await expect(iam.getRolePolicy(at)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await iam.putRolePolicy({ ...at, PolicyDocument: POLICY });
    const { PolicyDocument } = await iam.getRolePolicy(at);
    expect(decodeURIComponent(PolicyDocument!)).toBe(POLICY);
    expect(PolicyDocument).toMatch(/^[\w.~%-]+$/);
    expect((await iam.listRolePolicies({ RoleName })).PolicyNames).toEqual(['ropeway']);
    await expect(iam.deleteRole({ RoleName })).rejects.toMatchObject({ name: 'DeleteConflictException' });
    await iam.deleteRolePolicy(at);
    await expect(iam.deleteRolePolicy(at)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await iam.deleteRole({ RoleName });
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  test('have policies of AWS and of the account attached', async () => {
    await create();
    const managed = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const { Policy } = await iam.createPolicy({ PolicyName: `own-${count}`, PolicyDocument: POLICY });
    const own = Policy!.Arn!;
    for (const PolicyArn of [managed, own, own]) await iam.attachRolePolicy({ RoleName, PolicyArn });
    expect((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toEqual([
      { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: managed },
      { PolicyName: `own-${count}`, PolicyArn: own },
    ]);
    expect((await iam.getPolicy({ PolicyArn: own })).Policy!.AttachmentCount).toBe(1);
    await expect(iam.deletePolicy({ PolicyArn: own })).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await expect(iam.deleteRole({ RoleName })).rejects.toMatchObject({ name: 'DeleteConflictException' });
    for (const PolicyArn of [managed, own]) await iam.detachRolePolicy({ RoleName, PolicyArn });
    await iam.deletePolicy({ PolicyArn: own });
    await iam.deleteRole({ RoleName });
    await expect(iam.getPolicy({ PolicyArn: own })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  test.each([
    ['a name with a slash', { RoleName: 'a/b' }, 'ValidationError'],
    ['a name that is too long', { RoleName: 'x'.repeat(65) }, 'ValidationError'],
    ['a trust that is no JSON', { AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException'],
    ['a trust without statements', { AssumeRolePolicyDocument: '{}' }, 'MalformedPolicyDocumentException'],
    ['a path without a slash', { Path: 'x' }, 'ValidationError'],
    [
      'twice the same tag',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidInputException',
    ],
  ])('none with %s', async (_, wrong, name) => {
    await expect(create(wrong)).rejects.toMatchObject({ name });
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  test('are there after a restart', async () => {
    await create();
    emulator = await emulator.restart();
    iam = new IAM({ ...emulator.client, maxAttempts: 1 });
    sts = new STS({ ...emulator.client, maxAttempts: 1 });
    expect((await iam.getRole({ RoleName })).Role!.RoleName).toBe(RoleName);
  });
});

describe('keys', () => {
  test('say who calls', async () => {
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:root',
    });
    expect((await iam.getUser({})).User!.Arn).toBe('arn:aws:iam::000000000000:root');
  });

  test('for a time: of a role, and no longer than that; their secrets are in no file', async () => {
    const { Credentials } = await sts.assumeRole({
      RoleArn: 'arn:aws:iam::000000000000:role/ropeway/deployer',
      RoleSessionName: 'me',
      DurationSeconds: 900,
    });
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    const asRole = { ...emulator.client, credentials, maxAttempts: 1 };
    expect((await new STS(asRole).getCallerIdentity({})).Arn).toBe(
      'arn:aws:sts::000000000000:assumed-role/deployer/me',
    );
    await new S3({ ...asRole, forcePathStyle: true }).createBucket({ Bucket: 'of-a-role' });
    const wrong = { ...asRole, credentials: { ...credentials, sessionToken: 'x' } };
    await expect(new STS(wrong).getCallerIdentity({})).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    const { execFileSync } = await import('node:child_process');
    const found = (word: string): string =>
      execFileSync('grep', ['-rlF', '--', word, emulator.folder], { encoding: 'utf8' });
    expect(() => found(credentials.secretAccessKey)).toThrow('Command failed');
    expect(() => found(credentials.sessionToken)).toThrow('Command failed');
    clock.ahead = 901_000;
    const late = new STS({ ...asRole, systemClockOffset: clock.ahead });
    await expect(late.getCallerIdentity({})).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    clock.ahead = 0;
  });

  test('not of another account', async () => {
    await expect(
      sts.assumeRole({ RoleArn: 'arn:aws:iam::111111111111:role/x', RoleSessionName: 'me' }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(sts.assumeRole({ RoleArn: 'nobody', RoleSessionName: 'me' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await expect(
      sts.assumeRole({
        RoleArn: 'arn:aws:iam::000000000000:role/x',
        RoleSessionName: 'me',
        DurationSeconds: 10,
      }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
