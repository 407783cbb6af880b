import type { ApiAnswer, ApiCall } from '../server.ts';
import { toXml, type XmlValue } from '../xml.ts';
import { AwsError } from './service.ts';

// The AWS query protocol of IAM and STS: forms in, XML out.

/** What a form says; lists and maps as the protocol flattens them. */
export interface Form {
  /** Undefined: it does not stand there, or it is empty. */
  text(name: string): string | undefined;
  /** Throws ValidationError. */
  required(name: string): string;
  /** `TagKeys.member.1` … */
  list(name: string): string[];
  /** `Tags.member.1.Key` … */
  objects(name: string): Record<string, string>[];
}

export interface QueryCall {
  api: ApiCall;
  form: Form;
}

/** What an action answers: elements of its result; undefined: it has none. */
export type QueryAction = (call: QueryCall) => Promise<XmlValue> | XmlValue;

/** From the body, or, when a client sends GET, from the query. */
export function readForm({ body, query }: Pick<ApiCall, 'body' | 'query'>): Form {
  const pairs = new URLSearchParams(body.length > 0 ? body.toString('utf8') : query);
  const text = (name: string): string | undefined => pairs.get(name) || undefined;
  const indexed = <T>(name: string, read: (prefix: string) => T | undefined): T[] => {
    const found: T[] = [];
    for (let index = 1; ; index += 1) {
      const one = read(`${name}.member.${index}`);
      if (one === undefined) return found;
      found.push(one);
    }
  };
  return {
    text,
    required: (name) => {
      const value = text(name);
      if (value !== undefined) return value;
      const at = name[0]!.toLowerCase() + name.slice(1);
      throw new AwsError(
        400,
        'ValidationError',
        `1 validation error detected: Value null at '${at}' failed to satisfy constraint: Member must not be null`,
      );
    },
    list: (name) => indexed(name, (prefix) => pairs.get(prefix) ?? undefined),
    objects: (name) =>
      indexed(name, (prefix) => {
        const own = [...pairs].filter(([key]) => key.startsWith(`${prefix}.`));
        if (own.length === 0) return undefined;
        return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length + 1), value]));
      }),
  };
}

/** The name of the action, of those that there are. */
export function actionOf<Actions extends object>(actions: Actions, call: ApiCall): keyof Actions | undefined {
  const name = readForm(call).text('Action') ?? '';
  return Object.hasOwn(actions, name) ? (name as keyof Actions) : undefined;
}

export async function runAction(
  actions: Record<string, QueryAction>,
  api: ApiCall,
  namespace: string,
): Promise<ApiAnswer> {
  const form = readForm(api);
  const name = actionOf(actions, api);
  if (name === undefined)
    throw new AwsError(
      400,
      'InvalidAction',
      `Could not find operation ${form.text('Action') ?? ''} for version ${form.text('Version') ?? ''}`,
    );
  const result = await actions[name]!({ api, form });
  const document = toXml(`${name}Response`, {
    [`${name}Result`]: result,
    ResponseMetadata: { RequestId: api.requestId },
  });
  return answer(200, document.replace(`<${name}Response>`, `<${name}Response xmlns="${namespace}">`), api);
}

/** An error as the protocol writes it. */
export function queryFailure(namespace: string): (error: AwsError, call: ApiCall) => ApiAnswer {
  return ({ status, code, message }, call) => {
    const document = toXml('ErrorResponse', {
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: call.requestId,
    });
    return answer(status, document.replace('<ErrorResponse>', `<ErrorResponse xmlns="${namespace}">`), call);
  };
}

function answer(status: number, body: string, { requestId }: ApiCall): ApiAnswer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}
