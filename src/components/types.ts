import type { CloudFunction, PackageFile, Provider } from '../providers/types.ts';
import type { Entry } from '../runtimes/entry.ts';

/** One thing that a deployment makes, changes or removes. */
export interface Change {
  action: 'create' | 'update' | 'remove' | 'adopt';
  /** `function`, `route`, `site`… */
  kind: string;
  name: string;
  /** Why, for people: `memory 128 → 256`, `code`. */
  because: string[];
}

/** What a component is given beside its inputs. */
export interface ComponentContext {
  /** Absolute folder of the project; paths of inputs are meant from there. */
  root: string;
  /** Name of the project. */
  project: string;
  stage: string;
  /** Whether it is the only component of its project. */
  isOnly: boolean;
  /** Where it deploys to: `local`, `tencent`, `aws`. */
  target: string;
  provider: Provider;
  /** The same for another region; without one, and on this machine, it is `provider`. */
  providerFor(region: string | undefined): Provider;
  /** Share of the requests, 0 to 1, that new versions are to get. Absent: all. */
  canary?: number;
  credentials: Credentials;
  /** Where the target is emulated: what published components ask of the cloud goes there. */
  endpoint?: string;
  /** Ends what takes long when the user interrupts. */
  signal: AbortSignal;
  workshop: Workshop;
  /** The package of a layer that a `layer` component of this project has made. Throws NO_SUCH_LAYER. */
  findLayer(name: string, version: string): Promise<PackageFile>;
  /** A line that stays. */
  log(text: string): void;
  /** What is going on, for as long as it does. */
  status(text: string): void;
  /** Shown with --debug. */
  debug(text: string): void;
  /** Something the user should know: a setting that means something else today. */
  note(text: string): void;
  /** Tells what was done; a component that tells nothing has changed nothing. */
  changed(change: Change): void;
}

/** By cloud: `{tencent: {AppId, SecretId, SecretKey}}`. */
export type Credentials = Record<string, Record<string, string>>;

/** What makes packages of apps and folders; the command hands it in. */
export interface Workshop {
  /** Finds the app of a folder. Throws APP_NOT_FOUND, APP_AMBIGUOUS. */
  find(wish: AppWish): Promise<FoundApp>;
  /** Packs it, unless that has been done. */
  build(app: FoundApp): Promise<BuiltApp>;
  /** Packs a folder as it is. */
  pack(folder: FolderWish): Promise<PackageFile>;
  /** A shell command in a folder; its output is told line by line. Throws HOOK_FAILED. */
  run(command: string, folder: string, env: Record<string, string>): Promise<void>;
}

export interface AppWish {
  /** Absolute folder. */
  dir: string;
  /** `module:attribute`, or a file. */
  app?: string;
  /** A command to run with `PORT` and proxy to. */
  start?: string;
  /** `index.main_handler`: a bare handler, as in SCF and Lambda. */
  handler?: string;
  include: string[];
  exclude: string[];
  /** What of a Node app's dependencies is packed. */
  node?: 'installed' | 'traced' | 'bundled';
  /** Absent: it is for this machine. */
  cloud?: CloudPackageWish;
}

/** How an app is to run in a cloud, as the user wrote it. */
export interface CloudPackageWish {
  type?: 'event' | 'web';
  /** `Python3.6`, `python3.12`, `nodejs20.x`. */
  runtime?: string;
  arch?: 'x64' | 'arm64';
  /** Program of a custom runtime there. */
  interpreter?: string;
  eventFormat?: string;
  stream: boolean;
}

export interface FoundApp {
  wish: AppWish;
  /** Id of its framework: `flask`, `express`, `wsgi`… */
  framework: string;
  /** For people: `Flask: app.py:5 app = Flask(__name__)`. */
  title: string;
  /** With absolute paths. */
  entry: Entry;
  /** Absolute path of the app's Python. */
  interpreter?: string;
  /** Digest of all that its package would be made of. */
  source: string;
}

export interface BuiltApp {
  /** With paths relative to the package. */
  entry: Entry;
  code: PackageFile;
  layers: PackageFile[];
  interpreter?: string;
  /** Of a package for a cloud. */
  cloud?: Omit<CloudFunction, 'settings'>;
}

export interface FolderWish {
  /** Absolute; absent: nothing but `extra`. */
  dir?: string;
  include: string[];
  exclude: string[];
  /** Files that are put into it, by their path: `env.js`. */
  extra?: Record<string, string>;
  /** Folder in the package that everything is put below. */
  below?: string;
}
