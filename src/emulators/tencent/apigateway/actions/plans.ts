import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, optionalText, page, text, texts } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import {
  apiOf,
  type Desk,
  isoTime,
  keyOf,
  newId,
  planOf,
  replaced,
  serviceOf,
  settingsOf,
} from '../books.ts';
import type { Binding, Told, UsagePlan } from '../types.ts';
import { pathOf } from './apis.ts';
import { environmentOf } from './services.ts';

/** Usage plans: who may call. Their numbers of requests are kept, but not counted. */
export function planActions({ books, context }: Desk): Actions {
  const change = async (id: string, make: (plan: UsagePlan, told: Told) => UsagePlan): Promise<UsagePlan> =>
    books.change((told) => {
      const plan = { ...make(planOf(told, id), told), modifiedAt: context.now() };
      return { told: { ...told, plans: replaced(told.plans, plan) }, result: plan };
    });
  const bindingsOf = (serviceId: string, ofApis: boolean): JsonObject[] => {
    const told = books.current();
    serviceOf(told, serviceId);
    return told.plans.flatMap((plan) =>
      plan.bindings
        .filter((one) => one.serviceId === serviceId && (one.apiId !== undefined) === ofApis)
        .map((binding) => bindingRow(told, plan, binding)),
    );
  };

  return {
    CreateUsagePlan: async (parameters) => {
      const now = context.now();
      const plan: UsagePlan = {
        id: newId('usagePlan'),
        settings: settingsOf(parameters, ['Region']),
        createdAt: now,
        modifiedAt: now,
        keyIds: [],
        bindings: [],
      };
      await books.change((told) => ({ told: { ...told, plans: [...told.plans, plan] }, result: undefined }));
      return { UsagePlanId: plan.id, Result: planInfo(plan) };
    },
    ModifyUsagePlan: async (parameters) => {
      const settings = settingsOf(parameters, ['Region', 'UsagePlanId']);
      const plan = await change(text(parameters, 'UsagePlanId'), (one) => ({
        ...one,
        settings: { ...one.settings, ...settings },
      }));
      return { UsagePlanId: plan.id, Result: planInfo(plan) };
    },
    DescribeUsagePlan: (parameters) => ({
      Result: planInfo(planOf(books.current(), text(parameters, 'UsagePlanId'))),
    }),
    DeleteUsagePlan: async (parameters) => {
      const id = text(parameters, 'UsagePlanId');
      await books.change((told) => {
        if (planOf(told, id).bindings.length > 0) {
          throw new TencentError('ResourceInUse', 'The usage plan is bound to an environment.');
        }
        return { told: { ...told, plans: told.plans.filter((plan) => plan.id !== id) }, result: undefined };
      });
      return { Result: true };
    },
    BindSecretIds: async (parameters) => {
      const ids = texts(parameters, 'AccessKeyIds');
      await change(text(parameters, 'UsagePlanId'), (plan, told) => {
        for (const id of ids) keyOf(told, id);
        return { ...plan, keyIds: [...new Set([...plan.keyIds, ...ids])] };
      });
      return { Result: true };
    },
    UnBindSecretIds: async (parameters) => {
      const ids = texts(parameters, 'AccessKeyIds');
      await change(text(parameters, 'UsagePlanId'), (plan) => ({
        ...plan,
        keyIds: plan.keyIds.filter((id) => !ids.includes(id)),
      }));
      return { Result: true };
    },
    DescribeUsagePlanSecretIds: (parameters) => {
      const told = books.current();
      const { keyIds } = planOf(told, text(parameters, 'UsagePlanId'));
      const keys = told.keys.filter(({ id }) => keyIds.includes(id));
      const AccessKeyList = page(keys, parameters).map(({ id, name, isEnabled }) => ({
        AccessKeyId: id,
        SecretName: name,
        Status: isEnabled ? 1 : 0,
      }));
      return { Result: { TotalCount: keys.length, AccessKeyList } };
    },
    BindEnvironment: async (parameters) => {
      const bindings = wantedBindings(parameters, books.current(), context.now());
      for (const id of texts(parameters, 'UsagePlanIds')) {
        await change(id, (plan) => ({
          ...plan,
          bindings: [
            ...plan.bindings.filter((one) => !bindings.some((added) => isSame(one, added))),
            ...bindings,
          ],
        }));
      }
      return { Result: true };
    },
    UnBindEnvironment: async (parameters) => {
      const bindings = wantedBindings(parameters, books.current(), 0);
      for (const id of texts(parameters, 'UsagePlanIds')) {
        await change(id, (plan) => ({
          ...plan,
          bindings: plan.bindings.filter((one) => !bindings.some((gone) => isSame(one, gone))),
        }));
      }
      return { Result: true };
    },
    DescribeServiceUsagePlan: (parameters) => {
      const rows = bindingsOf(text(parameters, 'ServiceId'), false);
      return { Result: { TotalCount: rows.length, ServiceUsagePlanList: page(rows, parameters) } };
    },
    DescribeApiUsagePlan: (parameters) => {
      const only = texts(parameters, 'ApiIds');
      const rows = bindingsOf(text(parameters, 'ServiceId'), true).filter(
        (row) => only.length === 0 || only.includes(text(row, 'ApiId')),
      );
      return { Result: { TotalCount: rows.length, ApiUsagePlanList: page(rows, parameters) } };
    },
  };
}

function wantedBindings(parameters: JsonObject, told: Told, boundAt: number): Binding[] {
  const { id: serviceId } = serviceOf(told, text(parameters, 'ServiceId'));
  const environment = environmentOf(parameters, 'Environment');
  if (text(parameters, 'BindType').toUpperCase() !== 'API') return [{ serviceId, environment, boundAt }];
  return texts(parameters, 'ApiIds').map((apiId) => ({
    serviceId,
    environment,
    apiId: apiOf(told, serviceId, apiId).id,
    boundAt,
  }));
}

function isSame(one: Binding, other: Binding): boolean {
  return (
    one.serviceId === other.serviceId && one.environment === other.environment && one.apiId === other.apiId
  );
}

function planInfo(plan: UsagePlan): JsonObject {
  return {
    UsagePlanDesc: '',
    ...plan.settings,
    UsagePlanId: plan.id,
    CreatedTime: isoTime(plan.createdAt),
    ModifiedTime: isoTime(plan.modifiedAt),
    BindSecretIdTotalCount: plan.keyIds.length,
    BindSecretIds: plan.keyIds,
    BindEnvironmentTotalCount: plan.bindings.length,
    BindEnvironments: plan.bindings.map(({ serviceId, environment }) => ({
      ServiceId: serviceId,
      EnvironmentName: environment,
    })),
  };
}

function bindingRow(
  told: Told,
  plan: UsagePlan,
  { serviceId, environment, apiId, boundAt }: Binding,
): JsonObject {
  const api = told.apis.find(({ id }) => id === apiId);
  const service = serviceOf(told, serviceId);
  return {
    ...plan.settings,
    ServiceId: serviceId,
    ServiceName: optionalText(service.settings, 'ServiceName') ?? '',
    ...(api === undefined
      ? {}
      : { ApiId: api.id, ApiName: optionalText(api.settings, 'ApiName') ?? '', ...pathOf(api) }),
    UsagePlanId: plan.id,
    Environment: environment,
    InUseRequestNum: 0,
    CreatedTime: isoTime(boundAt),
    ModifiedTime: isoTime(boundAt),
  };
}
