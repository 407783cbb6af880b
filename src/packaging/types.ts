import type { CloudOptions } from './function-files/function-files.ts';
import type { CloudStart } from './function-files/types.ts';
import type { Entry } from '../runtimes/entry.ts';

/** For which machines a package is made, and what they take. */
export interface Target {
  /** `local`, `tencent`, `aws`: for messages. */
  name: string;
  platform: NodeJS.Platform;
  arch: 'x64' | 'arm64';
  /** Version of glibc there (`2.28`): native Python packages are taken for that or an older one. Absent: this machine's. */
  glibc?: string;
  /** Python there (`3.10`); absent: the app's own interpreter's. */
  python?: string;
  limits: TargetLimits;
}

/** Bytes. */
export interface TargetLimits {
  /** Of one zip. */
  zip: number;
  /** Of package and layers together, unpacked. */
  unpacked: number;
}

export interface PackageOptions {
  /** Absolute folder of the app. */
  dir: string;
  /** As detection gives it, with absolute paths in `dir`. */
  entry: Entry;
  target: Target;
  /** The app's Python; required for Python entries. */
  interpreter?: string;
  /** What a Python app says that it needs; absent: nothing is installed. */
  requirements?: PythonRequirements;
  /** Patterns as in .gitignore, on top of `.ropewayignore`. */
  exclude?: string[];
  /** Files and folders to be packed whatever else says otherwise; also from outside of `dir`, as the old components' `include` has it. */
  include?: string[];
  /** What of a Node app's dependencies is packed: all that is not for development, what its files import, or one bundled file. */
  node?: 'installed' | 'traced' | 'bundled';
  /** It is for a cloud: its handler file or `scf_bootstrap` is put in, with the adapter. */
  cloud?: CloudOptions;
  /** Absolute folder that finished packages are written to. */
  outFolder: string;
  onNotice(message: string): void;
  /** What pip or npm print. */
  onLine(line: string): void;
  signal?: AbortSignal;
}

/** As `readRequirements` of the preparation finds it. */
export interface PythonRequirements {
  /** Absolute: the file that says it. Paths in it are meant from its folder. */
  file: string;
  /** Arguments of `pip install`: `-r` and that file, or requirement specifiers. */
  install: string[];
}

/** A package on the disk, finished. */
export interface Package {
  code: PackedZip;
  /** The dependencies of a Python app, by their lock; others can share it. */
  layer?: PackedZip;
  /** The same entry with paths relative to the root of `code` (`.` is the root itself), with forward slashes. */
  entry: Entry;
  /** How it starts in the cloud that it is for. */
  cloud?: CloudStart;
  /** Of what the package was made (see `sourceDigest`). */
  source: string;
}

export interface PackedZip {
  /** Absolute path. */
  file: string;
  /** SHA-256 of the file, lower-case hex. */
  digest: string;
  bytes: number;
  unpackedBytes: number;
}
