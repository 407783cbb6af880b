import { describeProvider } from './contract.ts';
import { tencentCloud } from './tencent-cloud.ts';

describeProvider('tencent', tencentCloud);
