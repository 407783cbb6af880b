import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment, Labels } from '../types.ts';
import { awsCode, gone, isThere, orUndefined } from './clients.ts';
import type { Aws } from './aws.ts';
import { labelsOfTags, tagsOf } from './labels.ts';
import { type Account, functionArn, logGroup, roleName } from './names.ts';

/** Of the only policy in our roles. */
const POLICY = 'ropeway';
/** Says for which function a role was made. */
const FUNCTION_TAG = 'ropeway:function';

/** ARN of the role that a function is to run with: the given one, else one of its own, which is made, or brought up to date. */
export async function ensureRole(aws: Aws, { name, cloud, labels }: FunctionDeployment): Promise<string> {
  const { role, vpc, tags } = cloud!.settings;
  if (role?.startsWith('arn:') === true) return role;
  const iam = await aws.clients.iam();
  if (role !== undefined) return (await iam.getRole({ RoleName: role })).Role!.Arn!;
  const account = await aws.account();
  const RoleName = roleName(name, account.region);
  const arn = await findOrMake(aws, RoleName, name, tagsOf(labels, tags));
  const wanted = policyFor(account, name, isInVpc(vpc));
  const found = await orUndefined(iam.getRolePolicy({ RoleName, PolicyName: POLICY }));
  if (found === undefined || decodeURIComponent(found.PolicyDocument!) !== wanted)
    await iam.putRolePolicy({ RoleName, PolicyName: POLICY, PolicyDocument: wanted });
  return arn;
}

/** Labels of the role that was made for a function; undefined: there is none, or it cannot be seen. */
export async function roleLabels(aws: Aws, name: string): Promise<Labels | undefined> {
  const role = await findOwn(aws, roleName(name, aws.region), name).catch((error: unknown) => {
    // With a role of the user's own nobody needs rights on roles; and one of somebody else's is not ours.
    if (awsCode(error)?.startsWith('AccessDenied') === true || isTaken(error)) return undefined;
    throw error;
  });
  return role && labelsOfTags(role.tags);
}

/** Removes the role that was made for a function, and no other. */
export async function removeRole(aws: Aws, name: string): Promise<void> {
  const RoleName = roleName(name, aws.region);
  if ((await roleLabels(aws, name)) === undefined) return;
  const iam = await aws.clients.iam();
  await gone(iam.deleteRolePolicy({ RoleName, PolicyName: POLICY }));
  await gone(iam.deleteRole({ RoleName }));
}

export function isInVpc(vpc: { subnets: string[] } | undefined): boolean {
  return vpc !== undefined && vpc.subnets.some((id) => id !== '');
}

async function findOrMake(
  aws: Aws,
  RoleName: string,
  name: string,
  tags: Record<string, string>,
): Promise<string> {
  const iam = await aws.clients.iam();
  const own = await findOwn(aws, RoleName, name);
  if (own !== undefined) return own.arn;
  try {
    const { Role } = await iam.createRole({
      RoleName,
      Path: '/ropeway/',
      Description: `What the function ${name} may do`,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
      Tags: Object.entries({ ...tags, [FUNCTION_TAG]: `${aws.region}/${name}` }).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    });
    return Role!.Arn!;
  } catch (error) {
    // The answer to an earlier try was lost, or it is somebody else's.
    const made = isThere(error) ? await findOwn(aws, RoleName, name) : undefined;
    if (made !== undefined) return made.arn;
    throw error;
  }
}

/** Rejects with NAME_TAKEN when it was made for something else. */
async function findOwn(
  aws: Aws,
  RoleName: string,
  name: string,
): Promise<{ arn: string; tags: Record<string, string> } | undefined> {
  const iam = await aws.clients.iam();
  const found = await orUndefined(iam.getRole({ RoleName }));
  if (found === undefined) return undefined;
  const { Arn = '', Tags = [] } = found.Role!;
  const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value!]));
  if (tags[FUNCTION_TAG] === `${aws.region}/${name}`) return { arn: Arn, tags };
  throw new RopewayError({
    code: 'NAME_TAKEN',
    message: `There is a role ${RoleName} already, and it was not made for the function ${name}.`,
    got: tags[FUNCTION_TAG] === undefined ? 'a role without our tags' : `a role for ${tags[FUNCTION_TAG]}`,
    fix: 'remove that role, or give the function one with `role`',
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof RopewayError && error.code === 'NAME_TAKEN';
}

/** Its own log group and nothing else; in a VPC what Lambda needs for its network interfaces, which the function's own code may not use. */
function policyFor(account: Account, name: string, inVpc: boolean): string {
  const { partition, region, id } = account;
  const group = `arn:${partition}:logs:${region}:${id}:log-group:${logGroup(name)}`;
  const interfaces = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const Statement = [
    { Sid: 'Log', Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: group },
    {
      Sid: 'LogLines',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${group}:*`,
    },
    ...(inVpc
      ? [
          { Sid: 'Network', Effect: 'Allow', Action: interfaces, Resource: '*' },
          {
            Sid: 'NetworkNotByCode',
            Effect: 'Deny',
            Action: interfaces,
            Resource: '*',
            Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn(account, name) } },
          },
        ]
      : []),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
