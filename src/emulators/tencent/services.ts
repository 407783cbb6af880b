import { openCos } from './cos/cos.ts';
import type { OpenService, TencentHttpService } from './context.ts';
import { openScf } from './scf/scf.ts';
import { openDownloads } from './scf/downloads.ts';
import type { TencentService } from './service.ts';

/** The APIs that are lists of actions. A new one is one folder and one line here. */
export const actionServices: readonly OpenService<TencentService>[] = [openScf];

/** The others; the first that takes a call has it. */
export const httpServices: readonly OpenService<TencentHttpService>[] = [openDownloads, openCos];
