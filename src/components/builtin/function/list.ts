import type { ComponentClass } from '../../component.ts';
import { appComponent } from '../app/app-component.ts';
import { functionSchema, functionSettings, scfSchema, scfSettings } from './inputs.ts';

const scf = appComponent({ kind: 'function', inputs: scfSchema, settings: scfSettings });

/** Components of bare handlers by all their names. */
export const FUNCTION_COMPONENTS: Record<string, ComponentClass> = {
  function: appComponent({ kind: 'function', inputs: functionSchema, settings: functionSettings }),
  scf,
  '@serverless/tencent-scf': scf,
};
