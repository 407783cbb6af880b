import type { OpenService } from './context.ts';
import { openLambda } from './lambda/lambda.ts';

/** All that this emulator answers for. */
export const awsServices: readonly OpenService[] = [openLambda];
