import { openApigateway } from './apigateway/apigateway.ts';
import { openAccount } from './cam/account.ts';
import { openCam } from './cam/cam.ts';
import { openCdn } from './cdn/cdn.ts';
import { openCls } from './cls/cls.ts';
import type { OpenService, TencentHttpService } from './context.ts';
import { openCos } from './cos/cos.ts';
import { openDownloads } from './scf/downloads.ts';
import { openScf } from './scf/scf.ts';
import type { TencentService } from './service.ts';
import { openSts } from './sts/sts.ts';
import { openTag } from './tag/tag.ts';

/** The APIs that are lists of actions. A new one is one folder and one line here. */
export const actionServices: readonly OpenService<TencentService>[] = [
  openScf,
  openCam,
  openAccount,
  openSts,
  openTag,
  openApigateway,
  openCdn,
];

/** The others; the first that takes a call has it. */
export const httpServices: readonly OpenService<TencentHttpService>[] = [openDownloads, openCls, openCos];
