import type { OpenService } from './context.ts';
import { openIam } from './iam/iam.ts';
import { openLambda } from './lambda/lambda.ts';
import { openLogs } from './logs/logs.ts';
import { openS3 } from './s3/s3.ts';
import { openSts } from './sts/sts.ts';

/** All that this emulator answers for. */
export const awsServices: readonly OpenService[] = [openLambda, openS3, openIam, openSts, openLogs];
