import COS from 'cos-nodejs-sdk-v5';
import { scf } from 'tencentcloud-sdk-nodejs-scf';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { JsonObject } from '../../../../src/events/types.ts';
import { startTencentCloud, type TencentCloud } from '../../../support/tencent-cloud.ts';
import { zipOf } from '../../../support/zip.ts';
import { codeOf, REGION, scfClient, settled } from '../start.ts';

// CAM, STS and tags, as far as deployments ask them.

let cloud: TencentCloud;

beforeAll(async () => {
  cloud = await startTencentCloud();
});

afterAll(async () => {
  expect(cloud.emulator.notices).toEqual([]);
  await cloud.close();
});

const cam = (action: string, parameters?: JsonObject): Promise<JsonObject> =>
  cloud.api('cam', action, parameters);
const tag = (action: string, parameters?: JsonObject): Promise<JsonObject> =>
  cloud.api('tag', action, parameters);
const sts = (action: string, parameters?: JsonObject): Promise<JsonObject> =>
  cloud.api('sts', action, parameters);

test('roles and their policies', async () => {
  expect(await cam('GetUserAppId')).toMatchObject({ AppId: 1250000000, Uin: '100000000001' });
  const PolicyDocument = '{"version":"2.0","statement":[]}';
  const made = await cam('CreateRole', { RoleName: 'runner', PolicyDocument, Description: 'x' });
  expect(await codeOf(cam('CreateRole', { RoleName: 'runner', PolicyDocument }))).toBe(
    'InvalidParameter.RoleNameInUse',
  );
  expect(await codeOf(cam('CreateRole', { RoleName: 'other', PolicyDocument: 'x' }))).toBe(
    'InvalidParameter.PolicyDocumentError',
  );
  expect(await codeOf(cam('CreateRole', { PolicyDocument }))).toBe('MissingParameter');
  expect(await cam('GetRole', { RoleId: made['RoleId']! })).toMatchObject({
    RoleInfo: { RoleName: 'runner', PolicyDocument, RoleType: 'user' },
  });
  await cam('AttachRolePolicy', { AttachRoleName: 'runner', PolicyName: 'QcloudAccessForScfRole' });
  await cam('AttachRolePolicy', { AttachRoleName: 'runner', PolicyId: 28341895 });
  expect(await cam('ListAttachedRolePolicies', { RoleName: 'runner', Page: 1, Rp: 10 })).toMatchObject({
    TotalNum: 1,
    List: [{ PolicyName: 'QcloudAccessForScfRole', PolicyId: 28341895 }],
  });
  expect(await cam('ListPolicies', { Keyword: 'ScfRole' })).toMatchObject({
    List: [{ PolicyId: 28341895, PolicyName: 'QcloudAccessForScfRole' }],
  });
  expect(await cam('GetPolicy', { PolicyId: 28341895 })).toMatchObject({
    PolicyName: 'QcloudAccessForScfRole',
  });
  expect(await codeOf(cam('GetPolicy', { PolicyId: 2 }))).toBe('InvalidParameter.PolicyIdNotExist');
  await cam('DetachRolePolicy', { DetachRoleName: 'runner', PolicyId: 28341895 });
  expect(await cam('ListAttachedRolePolicies', { RoleName: 'runner', Page: 1, Rp: 10 })).toMatchObject({
    TotalNum: 0,
  });
  await cam('CreateServiceLinkedRole', { QCSServiceName: ['scf.qcloud.com'] });
  expect(await cam('DescribeRoleList', { Page: 1, Rp: 10 })).toMatchObject({
    TotalNum: 2,
    List: [{ RoleName: 'runner' }, { RoleName: 'SCF_QCSLinkedRole', RoleType: 'service_linked' }],
  });
  await cam('DeleteRole', { RoleName: 'runner' });
  expect(await codeOf(cam('GetRole', { RoleName: 'runner' }))).toBe('InvalidParameter.RoleNotExist');
});

test('keys for a time, which every other service takes with their token', async () => {
  expect(await sts('GetCallerIdentity')).toMatchObject({ AccountId: '100000000001' });
  const given = await sts('AssumeRole', {
    RoleArn: 'qcs::cam::uin/100000000001:roleName/runner',
    RoleSessionName: 'test',
    DurationSeconds: 900,
  });
  const { TmpSecretId, TmpSecretKey, Token } = given['Credentials'] as Record<string, string>;
  const client = (token?: string): InstanceType<typeof scf.v20180416.Client> =>
    new scf.v20180416.Client({
      credential: {
        secretId: TmpSecretId!,
        secretKey: TmpSecretKey!,
        ...(token === undefined ? {} : { token }),
      },
      region: REGION,
      profile: { httpProfile: { protocol: 'http://', endpoint: new URL(cloud.emulator.url).host } },
    });
  expect(await client(Token).ListFunctions({})).toMatchObject({ TotalCount: 0 });
  expect(await codeOf(client('x').ListFunctions({}))).toBe('AuthFailure.TokenFailure');
  expect(await codeOf(client().ListFunctions({}))).toBe('AuthFailure.TokenFailure');
  const cos = new COS({
    SecretId: TmpSecretId!,
    SecretKey: TmpSecretKey!,
    SecurityToken: Token!,
    Proxy: cloud.emulator.url,
    Protocol: 'http:',
  });
  expect((await cos.getService({})).Buckets).toEqual([]);
  expect(await codeOf(sts('AssumeRole', { RoleArn: 'x', RoleSessionName: 'y' }))).toBe(
    'InvalidParameter.ParamError',
  );
  const policy = encodeURIComponent('{"version":"2.0","statement":[]}');
  expect(await sts('GetFederationToken', { Name: 'x', Policy: policy })).toMatchObject({
    Credentials: { TmpSecretId: expect.any(String) },
    ExpiredTime: expect.any(Number),
  });
  expect(
    await codeOf(sts('GetFederationToken', { Name: 'x', Policy: policy, DurationSeconds: 200_000 })),
  ).toBe('InvalidParameter.ParamError');
});

test('tags of resources', async () => {
  const at = { ServiceType: 'cvm', ResourcePrefix: 'instance', ResourceRegion: REGION };
  await tag('CreateTag', { TagKey: 'team', TagValue: 'web' });
  expect(await codeOf(tag('CreateTag', { TagKey: 'team', TagValue: 'web' }))).toBe(
    'ResourceInUse.TagDuplicate',
  );
  await tag('AttachResourcesTag', {
    ...at,
    ResourceIds: ['ins-1', 'ins-2'],
    TagKey: 'team',
    TagValue: 'web',
  });
  await tag('ModifyResourceTags', {
    Resource: `qcs::cvm:${REGION}:uin/100000000001:instance/ins-2`,
    ReplaceTags: [{ TagKey: 'stage', TagValue: 'dev' }],
    DeleteTags: [{ TagKey: 'team' }],
  });
  expect(
    await tag('DescribeResourceTagsByResourceIds', { ...at, ResourceIds: ['ins-1', 'ins-2'] }),
  ).toMatchObject({
    TotalCount: 2,
    Tags: [
      { ResourceId: 'ins-1', TagKey: 'team', TagValue: 'web' },
      { ResourceId: 'ins-2', TagKey: 'stage', TagValue: 'dev' },
    ],
  });
  expect(await tag('DescribeResourceTags', { ServiceType: 'cvm' })).toMatchObject({ TotalCount: 2 });
  expect(await tag('GetResources', { TagFilters: [{ TagKey: 'stage', TagValue: ['dev'] }] })).toMatchObject({
    ResourceTagMappingList: [{ Resource: `qcs::cvm:${REGION}:uin/100000000001:instance/ins-2` }],
  });
  expect(await codeOf(tag('DeleteTag', { TagKey: 'team', TagValue: 'web' }))).toBe(
    'FailedOperation.TagAttachedResource',
  );
  await tag('DetachResourcesTag', { ...at, ResourceIds: ['ins-1'], TagKey: 'team' });
  await tag('DeleteTag', { TagKey: 'team', TagValue: 'web' });
  expect(await tag('DescribeTags', { TagKey: 'team' })).toMatchObject({ TotalCount: 0 });
  expect(await codeOf(tag('AddResourceTag', { Resource: 'x', TagKey: 'a', TagValue: 'b' }))).toBe(
    'InvalidParameterValue.ResourceDescriptionError',
  );
});

test('a function has its tags once, by whichever of its names they are set', async () => {
  const client = scfClient(cloud.emulator);
  const zip = await zipOf({ 'index.js': 'exports.main_handler = () => 1;\n' });
  await client.CreateFunction({
    FunctionName: 'tagged',
    Runtime: 'Nodejs18.15',
    Handler: 'index.main_handler',
    Code: { ZipFile: zip.toString('base64') },
    Tags: [{ Key: 'team', Value: 'web' }],
  });
  await settled(client, 'tagged');
  const { FunctionId } = await client.GetFunction({ FunctionName: 'tagged' });
  await tag('ModifyResourceTags', {
    Resource: `qcs::scf:${REGION}::lam/${FunctionId}`,
    ReplaceTags: [{ TagKey: 'stage', TagValue: 'dev' }],
  });
  const named = {
    ServiceType: 'scf',
    ResourceRegion: REGION,
    ResourcePrefix: 'namespace',
    ResourceIds: ['default/function/tagged'],
  };
  expect(await tag('DescribeResourceTagsByResourceIds', named)).toMatchObject({
    Tags: [
      { TagKey: 'team', TagValue: 'web' },
      { TagKey: 'stage', TagValue: 'dev' },
    ],
  });
  await tag('DetachResourcesTag', { ...named, TagKey: 'team' });
  expect(await client.GetFunction({ FunctionName: 'tagged' })).toMatchObject({
    Tags: [{ Key: 'stage', Value: 'dev' }],
  });
  await client.DeleteFunction({ FunctionName: 'tagged' });
  expect(await tag('DescribeResourceTagsByResourceIds', named)).toMatchObject({ TotalCount: 0 });
});
