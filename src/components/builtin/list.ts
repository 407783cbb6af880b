import type { ComponentClass } from '../component.ts';
import { APP_COMPONENTS } from './app/list.ts';
import { FUNCTION_COMPONENTS } from './function/list.ts';
import { GATEWAY_COMPONENTS } from './gateway/list.ts';
import { LayerComponent, OldLayerComponent } from './layer/layer-component.ts';
import { SITE_COMPONENTS } from './static/list.ts';

/** The components that are here already, by all the names that they answer to. */
export const BUILT_IN: Record<string, ComponentClass> = {
  ...APP_COMPONENTS,
  ...FUNCTION_COMPONENTS,
  ...GATEWAY_COMPONENTS,
  ...SITE_COMPONENTS,
  layer: LayerComponent,
  '@serverless/tencent-layer': OldLayerComponent,
};
