import { createHmac } from 'node:crypto';

import type { ApiCall } from '../../server.ts';
import type { XmlValue } from '../../xml.ts';
import type { AwsContext } from '../context.ts';
import { newId } from '../iam/parameters.ts';
import { actionOf, type Form, type QueryAction, queryFailure, runAction } from '../query-protocol.ts';
import { ACCOUNT, AwsError, type AwsService } from '../service.ts';
import { readSignature } from '../signing/read-signature.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Who temporary keys are; their secrets are nowhere: they are made of the keys of the emulator and the id. */
interface Session {
  /** `arn:aws:sts::000000000000:assumed-role/deployer/me` */
  arn: string;
  /** `AROA…:me` */
  userId: string;
  /** Milliseconds since 1970. */
  expires: number;
}

interface Books {
  /** By the id of the key. */
  sessions: Record<string, Session>;
}

const NO_BOOKS: Books = { sessions: {} };

/** STS: who calls, and keys for a time. Every role of the account may be taken on. */
export function openSts(context: AwsContext): AwsService {
  const store = context.openStore('sts', NO_BOOKS);
  const sessionOf = (id: string): Session | undefined => {
    const { sessions } = store.current();
    return Object.hasOwn(sessions, id) ? sessions[id] : undefined;
  };
  const derived = (what: string, id: string): string =>
    createHmac('sha512', context.keys.secret).update(`${what}:${id}`).digest('base64');
  const credentialsOf = (id: string): { secret: string; token: string } => ({
    secret: derived('secret', id).slice(0, 40),
    token: derived('token', id),
  });
  context.peers.temporaryKeys = {
    find: (id) => {
      const session = sessionOf(id);
      return session && { ...credentialsOf(id), expires: session.expires };
    },
  };

  async function begin(session: Omit<Session, 'expires'>, seconds: number): Promise<XmlValue> {
    const id = newId('ASIA').slice(0, 20);
    const now = context.now();
    const expires = now + seconds * 1000;
    await store.change(({ sessions }) => {
      const live = Object.entries(sessions).filter(([, one]) => one.expires > now);
      return {
        value: { sessions: { ...Object.fromEntries(live), [id]: { ...session, expires } } },
        result: undefined,
      };
    });
    const { secret, token } = credentialsOf(id);
    return {
      AccessKeyId: id,
      SecretAccessKey: secret,
      SessionToken: token,
      Expiration: new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }

  const actions: Record<string, QueryAction> = {
    GetCallerIdentity: ({ api }) => {
      const { arn, userId } = sessionOf(keyIdOf(api)) ?? ROOT;
      return { Arn: arn, UserId: userId, Account: ACCOUNT };
    },
    AssumeRole: async ({ form }) => {
      const { role, name } = readRole(form);
      const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;
      const userId = `${newId('AROA')}:${name}`;
      return {
        Credentials: await begin({ arn, userId }, durationOf(form, 3600, 43_200)),
        AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
        PackedPolicySize: form.text('Policy') === undefined ? undefined : 1,
      };
    },
    GetSessionToken: async ({ form }) => ({
      Credentials: await begin(ROOT, durationOf(form, 43_200, 129_600)),
    }),
    GetAccessKeyInfo: () => ({ Account: ACCOUNT }),
  };
  return {
    name: 'sts',
    operation: (call) => actionOf(actions, call),
    handle: (call) => runAction(actions, call, NAMESPACE),
    failure: queryFailure(NAMESPACE),
    close: () => store.settled(),
  };
}

const ROOT = { arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT };

function keyIdOf(api: ApiCall): string {
  return readSignature(api)?.keyId ?? '';
}

function readRole(form: Form): { role: string; name: string } {
  const arn = form.required('RoleArn');
  const name = form.required('RoleSessionName');
  const [, account, role] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:[^/]+\/)*([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (role === undefined) throw invalid(`${arn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  if (account === ACCOUNT) return { role, name };
  throw new AwsError(
    403,
    'AccessDenied',
    `User: ${ROOT.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  );
}

function durationOf(form: Form, usual: number, most: number): number {
  const seconds = Number(form.text('DurationSeconds') ?? usual);
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= most) return seconds;
  throw invalid(
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and ${most}`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'ValidationError', message);
}
