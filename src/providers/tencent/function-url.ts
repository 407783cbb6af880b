import type { FunctionDeployment, RouteWish } from '../types.ts';
import { gone, isThere, tencentCode } from './clients.ts';
import { listTriggers, type Seen, type Trigger } from './look.ts';
import { type FunctionId, LIVE } from './names.ts';
import { corsOf, corsText } from './routes.ts';
import type { Tencent } from './tencent.ts';

/** What a function URL is called when it is made; SCF may give it another name. */
const NAME = 'ropeway-url';

/** What stands in TriggerDesc, as far as it is known (doc 583/100227). */
export interface UrlDescription {
  AuthType?: string;
  NetConfig?: {
    EnableIntranet?: boolean;
    EnableExtranet?: boolean;
    ExtranetUrl?: string;
    IntranetUrl?: string;
  };
  CorsConfig?: Record<string, unknown>;
}

/** The trigger that is the address of the version that serves. */
export function urlTrigger(triggers: readonly Trigger[]): Trigger | undefined {
  return triggers.find(({ Type, Qualifier }) => Type === 'http' && Qualifier === LIVE);
}

/** Its address, when it is open. */
export function urlOf(trigger: Pick<Trigger, 'TriggerDesc'> | undefined): string | undefined {
  const { NetConfig } = readDescription(trigger?.TriggerDesc);
  const url = NetConfig?.ExtranetUrl || NetConfig?.IntranetUrl;
  return url ? `${url.replace(/\/+$/, '')}/` : undefined;
}

/** Who may call it, from where, and pages of which origins. Equal as long as nobody changes it. */
export function urlText(trigger: Trigger | undefined): string {
  if (trigger === undefined) return 'none';
  const { AuthType = 'NONE', NetConfig, CorsConfig } = readDescription(trigger.TriggerDesc);
  const cors = CorsConfig?.['Enable'] === true ? corsText(CorsConfig) : '';
  return [
    AuthType,
    ...(trigger.Enable === 0 ? ['closed'] : []),
    ...(NetConfig?.EnableExtranet === false ? [] : ['public']),
    ...(NetConfig?.EnableIntranet === true ? ['private'] : []),
    ...(cors === '' ? [] : [cors]),
  ].join(' ');
}

/** Gives the alias an address, changes the one that it has, or takes it away (`route` undefined). Returns the address, if it has one then. */
export async function ensureUrl(
  tencent: Tencent,
  { id, triggers }: Pick<Seen, 'id' | 'triggers'>,
  { cloud }: FunctionDeployment,
  route: RouteWish | undefined,
): Promise<string | undefined> {
  const found = urlTrigger(triggers);
  if (route === undefined) {
    return (await dropUrl(tencent, id, found)) ? undefined : urlOf(found);
  }
  const cors = corsOf(route.cors);
  const description: UrlDescription = {
    AuthType: cloud!.settings.auth === 'iam' ? 'CAM' : 'NONE',
    NetConfig: { EnableIntranet: false, EnableExtranet: true },
    CorsConfig: cors === undefined ? { Enable: false } : { ...cors, Enable: true },
  };
  const wanted = { Type: 'http', Qualifier: LIVE, TriggerDesc: JSON.stringify(description), Enable: 1 };
  if (found !== undefined && urlText(found) === urlText(wanted)) return urlOf(found);
  const scf = await tencent.clients.scf();
  const { Enable: _, ...call } = { ...id, ...wanted };
  if (found === undefined) {
    try {
      await scf.CreateTrigger({ ...call, TriggerName: NAME, Enable: 'OPEN' });
    } catch (error) {
      // The answer to an earlier try was lost.
      if (!isThere(error)) throw error;
    }
  } else await scf.UpdateTrigger({ ...call, TriggerName: found.TriggerName!, Enable: 'OPEN' });
  return urlOf(urlTrigger(await listTriggers(scf, id)));
}

/** False: it stays, as a domain leads to it. */
async function dropUrl(tencent: Tencent, id: FunctionId, trigger: Trigger | undefined): Promise<boolean> {
  try {
    await removeUrl(tencent, id, trigger);
    return true;
  } catch (error) {
    if (tencentCode(error) !== 'FailedOperation.DeleteTrigger.UrlUsed') throw error;
    tencent.note(`${id.FunctionName} keeps its own address: a domain leads to it`);
    return false;
  }
}

export async function removeUrl(
  tencent: Tencent,
  id: FunctionId,
  trigger: Trigger | undefined,
): Promise<void> {
  if (trigger === undefined) return;
  const { TriggerName = '', Qualifier = LIVE } = trigger;
  const scf = await tencent.clients.scf();
  await gone(scf.DeleteTrigger({ ...id, TriggerName, Type: 'http', Qualifier }));
}

/** SCF gives JSON; what is none says nothing. */
export function readDescription(text: string | undefined): UrlDescription {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as UrlDescription;
  } catch {
    return {};
  }
}
