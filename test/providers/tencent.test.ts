import { describeProvider } from './contract.ts';
import { tencentCloud } from './tencent-cloud.ts';

const NO_GATEWAY = 'without a host there is no gateway: see tencent-domains.test.ts';

describeProvider('tencent', tencentCloud, {
  'a gateway leads paths to functions, and other paths after a change': NO_GATEWAY,
  'requests reach a function through a gateway': NO_GATEWAY,
  "a gateway's deployment and removal that are cut off after any call are finished by the next": NO_GATEWAY,
});
