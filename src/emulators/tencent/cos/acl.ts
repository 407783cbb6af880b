import { UIN } from '../service.ts';
import { invalidArgument, malformedXml } from './errors.ts';
import type { Acl, Bucket, Grant, ObjectInfo } from './types.ts';
import { child, childrenOf, childText, parseXml, toXml } from '../../xml.ts';

/** The only user there is, as COS names users. */
export const OWNER = `qcs::cam::uin/${UIN}:uin/${UIN}`;

const ANYONE = 'qcs::cam::anyone:anyone';
const GROUPS = 'http://cam.qcloud.com/groups/global/AllUsers';

const CANNED = ['default', 'private', 'public-read', 'public-read-write'] as const;

/** `x-cos-grant-read` → `READ` */
const GRANT_HEADERS: Record<string, string> = {
  'x-cos-grant-read': 'READ',
  'x-cos-grant-write': 'WRITE',
  'x-cos-grant-read-acp': 'READ_ACP',
  'x-cos-grant-write-acp': 'WRITE_ACP',
  'x-cos-grant-full-control': 'FULL_CONTROL',
};

/** Of the headers of a call that makes something; `fallback`: what it has when they say nothing. Throws InvalidArgument. */
export function aclOfHeaders(
  headers: Record<string, string | string[] | undefined>,
  fallback: Acl['canned'],
): Acl {
  const said = headers['x-cos-acl']?.toString();
  const canned = CANNED.find((one) => one === said);
  if (said !== undefined && canned === undefined) throw invalidArgument(`x-cos-acl: ${said} is no ACL.`);
  const grants = Object.entries(GRANT_HEADERS).flatMap(([name, permission]) =>
    [...(headers[name]?.toString() ?? '').matchAll(/\w+="([^"]*)"/g)].map(([, grantee]): Grant => ({
      grantee: grantee!,
      permission,
    })),
  );
  return { canned: canned ?? fallback, grants };
}

/** Of an `AccessControlPolicy`. Throws MalformedXML. */
export function aclOfXml(document: string): Acl {
  const root = parseXml(document);
  if (root?.name !== 'AccessControlPolicy') throw malformedXml();
  const all = childrenOf(child(root, 'AccessControlList'), 'Grant').map((grant): Grant => {
    const grantee = child(grant, 'Grantee');
    const id = childText(grantee ?? grant, 'ID') ?? childText(grantee ?? grant, 'URI') ?? '';
    return { grantee: id, permission: childText(grant, 'Permission') ?? '' };
  });
  const open = new Set(all.filter(isForAnyone).map(({ permission }) => permission));
  return {
    canned:
      open.has('FULL_CONTROL') || (open.has('READ') && open.has('WRITE'))
        ? 'public-read-write'
        : open.has('READ')
          ? 'public-read'
          : 'private',
    grants: all.filter((grant) => !isForAnyone(grant) && grant.grantee !== OWNER),
  };
}

function isForAnyone({ grantee }: Grant): boolean {
  return grantee === ANYONE || grantee === GROUPS;
}

export function aclToXml({ canned, grants }: Acl): string {
  const open = canned === 'public-read-write' ? ['READ', 'WRITE'] : canned === 'public-read' ? ['READ'] : [];
  const user = (id: string): { ID: string; DisplayName: string } => ({ ID: id, DisplayName: id });
  return toXml('AccessControlPolicy', {
    Owner: user(OWNER),
    AccessControlList: {
      Grant: [
        { Grantee: user(OWNER), Permission: 'FULL_CONTROL' },
        ...open.map((permission) => ({ Grantee: { URI: GROUPS }, Permission: permission })),
        ...grants.map(({ grantee, permission }) => ({ Grantee: user(grantee), Permission: permission })),
      ],
    },
  });
}

/** Whether anyone may, without a signature. Policies are kept, but not asked. */
export function mayAnyone(
  access: 'read' | 'write',
  bucket: Pick<Bucket, 'acl'>,
  object?: Pick<ObjectInfo, 'acl'>,
): boolean {
  const own = object?.acl.canned ?? 'default';
  const canned = access === 'write' || own === 'default' ? bucket.acl.canned : own;
  return canned === 'public-read-write' || (access === 'read' && canned === 'public-read');
}
