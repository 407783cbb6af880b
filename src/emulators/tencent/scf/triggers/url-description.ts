import type { JsonObject, JsonValue } from '../../../../events/types.ts';
import type { Cors } from '../../../types.ts';
import { invalid } from '../errors.ts';

/** What a function URL was told, in the words of its TriggerDesc; keys that no document names are kept. */
export type UrlDescription = JsonObject & {
  AuthType: 'NONE' | 'CAM';
  NetConfig: { EnableIntranet: boolean; EnableExtranet: boolean };
};

/** Throws InvalidParameterValue.TriggerDesc, .Cors. */
export function parseUrlDescription(text: string | undefined, before?: UrlDescription): UrlDescription {
  const given = parseObject(text === undefined || text === '' ? '{}' : text);
  const {
    AuthType: auth = before?.AuthType ?? 'NONE',
    NetConfig: net = before?.NetConfig ?? {},
    CorsConfig: cors,
  } = given;
  if (auth !== 'NONE' && auth !== 'CAM') throw invalid('TriggerDesc', 'AuthType must be NONE or CAM.');
  if (!isObject(net)) throw invalid('TriggerDesc', 'NetConfig must be an object.');
  const enabled = {
    EnableIntranet: net['EnableIntranet'] ?? false,
    EnableExtranet: net['EnableExtranet'] ?? true,
  };
  for (const [key, value] of Object.entries(enabled))
    if (typeof value !== 'boolean') throw invalid('TriggerDesc', `${key} must be true or false.`);
  if (cors !== undefined && cors !== null) checkCors(cors);
  return { ...before, ...given, AuthType: auth, NetConfig: enabled as UrlDescription['NetConfig'] };
}

/** What the gateway is to do about other origins; undefined: nothing. */
export function corsOf({ CorsConfig: cors }: UrlDescription): Cors | undefined {
  if (!isObject(cors) || cors['Enable'] !== true) return undefined;
  const list = (key: string): string[] | undefined => cors[key] as string[] | undefined;
  const credentials = cors['Credentials'] as boolean | undefined;
  return {
    allowOrigins: list('Origins') ?? ['*'],
    allowMethods: list('Methods'),
    allowHeaders: list('Headers'),
    exposeHeaders: list('ExposeHeaders'),
    allowCredentials: credentials,
    maxAge: cors['MaxAge'] as number | undefined,
  };
}

/** With the addresses: all of them lead to the same place here. `url`: undefined as long as it answers nowhere. */
export function describeUrl(
  description: UrlDescription,
  url: string | undefined,
  speaksWs: boolean,
): JsonObject {
  const { EnableIntranet: inside, EnableExtranet: outside } = description.NetConfig;
  const http = url ?? '';
  const ws = speaksWs ? http.replace(/^http/, 'ws') : '';
  const when = (is: boolean, address: string): string => (is ? address : '');
  return {
    ...description,
    NetConfig: {
      EnableIntranet: inside,
      IntranetUrl: when(inside, http),
      IntranetHTTPUrl: when(inside, http),
      ExtranetUrl: when(outside, http),
      ExtranetHTTPUrl: when(outside, http),
      WssIntranetUrl: '',
      WsIntranetUrl: when(inside, ws),
      WssExtranetUrl: '',
      WsExtranetUrl: when(outside, ws),
      EnableExtranet: outside,
    },
  };
}

/** Throws InvalidParameterValue.TriggerDesc. */
export function parseObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw invalid('TriggerDesc', 'TriggerDesc is not valid JSON.');
  }
  if (!isObject(value)) throw invalid('TriggerDesc', 'TriggerDesc is not a JSON object.');
  return value;
}

function checkCors(cors: JsonValue): void {
  if (!isObject(cors)) throw invalid('Cors', 'CorsConfig must be an object.');
  for (const key of ['Origins', 'Headers', 'Methods', 'ExposeHeaders']) {
    const list = cors[key];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
      throw invalid('Cors', `CorsConfig.${key} must be a list of texts.`);
  }
  const { MaxAge: age = 0, Enable: enable = false, Credentials: credentials = false } = cors;
  if (typeof age !== 'number' || age < 0)
    throw invalid('Cors', 'CorsConfig.MaxAge must be a number of seconds.');
  if (typeof enable !== 'boolean' || typeof credentials !== 'boolean')
    throw invalid('Cors', 'CorsConfig.Enable and CorsConfig.Credentials must be true or false.');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
