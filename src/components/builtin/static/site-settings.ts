import type { RouteWish } from '../../../providers/types.ts';

/** What a component of static files wants, whatever words its inputs use. */
export interface SiteSettings {
  /** Folder, meant from the project's; absent: no files. */
  src?: string;
  name?: string;
  /** The name is that of stage `dev`; other stages have theirs at its end. */
  isNamePerStage: boolean;
  index: string;
  error?: string;
  errorStatus: 200 | 404;
  /** Command that makes the files, and the folder to run it in. */
  build?: { command: string; folder: string };
  /** Values for pages: `env.js` sets `window.env`. */
  env: Record<string, string>;
  include: string[];
  exclude: string[];
  routes?: RouteWish[] | 'none';
  stage: string;
  cors: boolean;
  notes: string[];
  region?: string;
  bucket?: string;
}
