import type { ComponentClass } from '../../component.ts';
import { gatewayComponent } from './gateway-component.ts';
import { apigatewaySchema, apigatewaySettings, gatewaySchema, gatewaySettings } from './inputs.ts';

/** Components of gateways by all their names. */
export const GATEWAY_COMPONENTS: Record<string, ComponentClass> = {
  gateway: gatewayComponent({ inputs: gatewaySchema, settings: gatewaySettings }),
  '@serverless/tencent-apigateway': gatewayComponent({
    inputs: apigatewaySchema,
    settings: apigatewaySettings,
  }),
};
