import type { FunctionName } from '../../context.ts';
import { UIN } from '../../service.ts';
import type { FunctionRecord, TriggerRecord } from '../books.ts';
import type { Response } from '../models.ts';
import { beijingTime } from '../times.ts';
import { describeUrl, type UrlDescription } from './url-description.ts';
import type { Urls } from './urls.ts';

type Shown = Required<Omit<NonNullable<Response<'ListTriggers'>['Triggers']>[number], 'BoundResources'>>;

/** A trigger as the API gives it back. */
export function shownTrigger(
  urls: Urls,
  wanted: FunctionName,
  record: FunctionRecord,
  trigger: TriggerRecord,
): Shown {
  const { region, name } = wanted;
  const { description } = trigger;
  const speaksWs = record.latest.configuration.kept.ProtocolType === 'WS';
  const shown =
    trigger.type === 'http'
      ? describeUrl(description as UrlDescription, urls.of(wanted, trigger), speaksWs)
      : description;
  return {
    TriggerName: trigger.name,
    Type: trigger.type,
    TriggerDesc: typeof shown === 'string' ? shown : JSON.stringify(shown),
    Qualifier: trigger.qualifier,
    Enable: trigger.enabled ? 1 : 0,
    AvailableStatus: 'Available',
    CustomArgument: trigger.argument,
    Description: trigger.remark,
    AddTime: beijingTime(trigger.addTime),
    ModTime: beijingTime(trigger.modTime),
    ResourceId: `qcs::scf:${region}:uin/${UIN}:function/${name}/${trigger.url?.id ?? trigger.name}`,
    BindStatus: 'on',
    TriggerAttribute: 'single',
  };
}
