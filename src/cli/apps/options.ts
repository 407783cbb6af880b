/** What a command line may say about the app of a folder; `ropeway.yml` says the same, and less loudly. */
export interface AppOptions {
  memory?: number;
  timeout?: number;
  initTimeout?: number;
  /** Instances at once. */
  concurrency?: number;
  env: string[];
  envFile: string[];
  events?: string;
  stage?: string;
  /** False with --no-stream. */
  stream: boolean;
  cold?: 'fresh' | 'template';
  app?: string;
  start?: string;
  appPort?: number;
  yes: boolean;
  json: boolean;
}
