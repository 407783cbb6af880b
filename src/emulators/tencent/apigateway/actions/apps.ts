import { randomBytes } from 'node:crypto';

import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, optionalText, page, text, texts } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import { apiOf, appOf, type Desk, isoTime, newId, replaced } from '../books.ts';
import type { ApiApp, Told } from '../types.ts';

/** Apps that may call APIs: their books alone, since requests with AuthType APP are not emulated. */
export function appActions({ books, context }: Desk): Actions {
  const change = (id: string, make: (app: ApiApp, told: Told) => ApiApp): Promise<undefined> =>
    books.change((told) => ({
      told: { ...told, apps: replaced(told.apps, make(appOf(told, id), told)) },
      result: undefined,
    }));
  const isBinding =
    (parameters: JsonObject) =>
    (one: ApiApp['bindings'][number]): boolean =>
      one.apiId === text(parameters, 'ApiId') &&
      one.serviceId === text(parameters, 'ServiceId') &&
      one.environment === text(parameters, 'Environment');

  return {
    CreateApiApp: async (parameters) => {
      const now = context.now();
      const app: ApiApp = {
        id: newId('app'),
        key: `APID${randomBytes(18).toString('base64url')}`,
        secret: randomBytes(24).toString('base64url'),
        name: text(parameters, 'ApiAppName'),
        description: optionalText(parameters, 'ApiAppDesc') ?? '',
        createdAt: now,
        modifiedAt: now,
        bindings: [],
      };
      await books.change((told) => ({ told: { ...told, apps: [...told.apps, app] }, result: undefined }));
      return { Result: appInfo(app) };
    },
    ModifyApiApp: async (parameters) => {
      await change(text(parameters, 'ApiAppId'), (app) => ({
        ...app,
        name: optionalText(parameters, 'ApiAppName') ?? app.name,
        description: optionalText(parameters, 'ApiAppDesc') ?? app.description,
        modifiedAt: context.now(),
      }));
      return { Result: true };
    },
    DescribeApiApp: (parameters) => {
      const app = appOf(books.current(), text(parameters, 'ApiAppId'));
      return { Result: { TotalCount: 1, ApiAppSet: [appInfo(app)] } };
    },
    DeleteApiApp: async (parameters) => {
      const id = text(parameters, 'ApiAppId');
      await books.change((told) => {
        if (appOf(told, id).bindings.length > 0) {
          throw new TencentError('ResourceInUse', 'The app is bound to an API.');
        }
        return { told: { ...told, apps: told.apps.filter((app) => app.id !== id) }, result: undefined };
      });
      return { Result: true };
    },
    BindApiApp: async (parameters) => {
      await change(text(parameters, 'ApiAppId'), (app, told) => {
        const api = apiOf(told, text(parameters, 'ServiceId'), text(parameters, 'ApiId'));
        if (app.bindings.some(isBinding(parameters))) {
          throw new TencentError('FailedOperation', 'The app is bound to the API already.');
        }
        const binding = {
          serviceId: api.serviceId,
          apiId: api.id,
          environment: text(parameters, 'Environment'),
          at: context.now(),
        };
        return { ...app, bindings: [...app.bindings, binding] };
      });
      return { Result: true };
    },
    UnbindApiApp: async (parameters) => {
      await change(text(parameters, 'ApiAppId'), (app) => ({
        ...app,
        bindings: app.bindings.filter((one) => !isBinding(parameters)(one)),
      }));
      return { Result: true };
    },
    DescribeApiBindApiAppsStatus: (parameters) => {
      const ids = texts(parameters, 'ApiIds');
      const rows = books.current().apps.flatMap((app) =>
        app.bindings
          .filter(
            ({ serviceId, apiId }) => serviceId === text(parameters, 'ServiceId') && ids.includes(apiId),
          )
          .map((binding) => ({
            ApiAppName: app.name,
            ApiAppId: app.id,
            ApiId: binding.apiId,
            ServiceId: binding.serviceId,
            EnvironmentName: binding.environment,
            AuthorizedTime: isoTime(binding.at),
          })),
      );
      return { Result: { TotalCount: rows.length, ApiAppApiSet: page(rows, parameters) } };
    },
  };
}

function appInfo(app: ApiApp): JsonObject {
  return {
    ApiAppName: app.name,
    ApiAppId: app.id,
    ApiAppKey: app.key,
    ApiAppSecret: app.secret,
    ApiAppDesc: app.description,
    CreatedTime: isoTime(app.createdAt),
    ModifiedTime: isoTime(app.modifiedAt),
  };
}
