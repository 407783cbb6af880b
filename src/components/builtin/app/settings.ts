import type { FunctionConfig } from '../../../config/functions.ts';
import type { CloudWish } from './cloud-wish.ts';
import type { FunctionLimits, RouteWish } from '../../../providers/types.ts';

/** What a component of an app wants, whatever words its inputs use. */
export interface AppSettings {
  /** Folder of the app, meant from the project's. */
  src: string;
  /** `module:attribute`, or a file. */
  app?: string;
  /** A command to run with `PORT` and proxy to. */
  start?: string;
  /** `index.main_handler`: a bare handler. */
  handler?: string;
  /** Ids of frameworks that it may be; absent: any. */
  frameworks?: readonly string[];
  /** Name of the function; absent: made of project and alias once, and kept. */
  name?: string;
  /** The name is that of stage `dev`; other stages have theirs at its end. */
  isNamePerStage: boolean;
  env: Record<string, string>;
  limits: FunctionLimits;
  /** What of them is otherwise on a machine of one's own. */
  localLimits?: FunctionLimits;
  stream: boolean;
  warmup: string[];
  cold?: 'fresh' | 'template';
  eventFormat?: string;
  include: string[];
  exclude: string[];
  node?: 'installed' | 'traced' | 'bundled';
  /** Absent: the deployment chooses; `none`: it is not reached over HTTP, or by a gateway component. */
  routes?: RouteWish[] | 'none';
  /** First segment of the path that the app does not see. */
  stage: string;
  cors: boolean;
  /** Folders or layers of other components, under the app's own dependencies. */
  layers: LayerWish[];
  /** Things that the user should know: inputs that mean something else today. */
  notes: string[];
  /** Notes of what has no meaning on a machine of one's own. */
  localNotes: string[];
  /** In several of them there is a function of this each; empty: the provider's default. */
  regions: string[];
  cloud: CloudWish;
  /** Functions that it is spread over; absent, or none: it is one function. */
  functions?: Readonly<Record<string, FunctionConfig>>;
  /** Outputs in the words of an old component; of its function's name, by which key. */
  oldOutputs?: { nameKey: string; values: Record<string, unknown> };
}

/** A layer of this project, or one that the cloud has; a text is the ARN of one. */
export type LayerWish = { name: string; version: string } | string;
