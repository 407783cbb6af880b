import { z } from 'zod';

import type { ComponentClass } from '../../component.ts';
import { httpSchema, httpSettings, type HttpInputs } from '../old/http-inputs.ts';
import { oldAppSchema, oldAppSettings, type OldAppInputs, type OldKind } from '../old/app-inputs.ts';
import { appComponent } from './app-component.ts';
import { type OwnAppInputs, ownAppSchema, ownSettings } from './own-inputs.ts';
import type { AppSettings } from './settings.ts';

/** One kind of app as a component: by its own name (`flask`) and by those of the old components, whose inputs have other words. */
export interface AppPair {
  own: ComponentClass;
  old: ComponentClass;
}

/** `frameworks`: what the app may be, as detection calls it; absent: anything. */
export function appKind(kind: string, old: OldKind): AppPair {
  const { frameworks } = old;
  const own = (inputs: OwnAppInputs): AppSettings => ({
    ...ownSettings(inputs),
    ...(frameworks === undefined ? {} : { frameworks }),
  });
  const anyForm = (inputs: AnyInputs): AppSettings => {
    if ('faas' in inputs || 'apigw' in inputs) return httpSettings(inputs);
    return isOld(inputs) ? oldAppSettings(inputs, old) : own(inputs as OwnAppInputs);
  };
  return {
    // Files of 2021 have the short names with the old inputs.
    own: appComponent({ kind, inputs: byForm(ownAppSchema()), settings: anyForm }),
    old: appComponent({ kind, inputs: byForm(oldAppSchema), settings: oldOrHttp(old) }),
  };
}

function oldOrHttp(old: OldKind): (inputs: OldAppInputs | HttpInputs) => AppSettings {
  return (inputs) =>
    'faas' in inputs || 'apigw' in inputs ? httpSettings(inputs) : oldAppSettings(inputs, old);
}

type AnyInputs = OwnAppInputs | OldAppInputs | HttpInputs;

const OLD_WORDS = [
  'functionConf',
  'apigatewayConf',
  'functionName',
  'code',
  'djangoProjectName',
  'entryFile',
  'serviceName',
];

function isOld(inputs: object): inputs is OldAppInputs {
  return OLD_WORDS.some((word) => word in inputs);
}

/** The schema of the words that the inputs use. */
function byForm(otherwise: z.ZodType): z.ZodType {
  return z.unknown().transform((inputs, context) => {
    const given = typeof inputs === 'object' && inputs !== null ? inputs : {};
    const schema = 'faas' in given || 'apigw' in given ? httpSchema : isOld(given) ? oldAppSchema : otherwise;
    const parsed = schema.safeParse(inputs ?? {});
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: inputs } as never);
    return z.NEVER;
  });
}
