import type { Entry } from '../../runtimes/entry.ts';
import { askInterpreter, minorVersion } from '../python/interpreter.ts';
import { targetOf } from '../targets.ts';
import type { Target } from '../types.ts';
import type { CloudOptions } from './function-files.ts';
import { chooseRuntime, type Cloud } from './runtimes.ts';
import type { CloudWish } from './types.ts';

export interface CloudChoice {
  target: Target;
  cloud: CloudOptions;
  /** What is otherwise than it was wished, for people. */
  notes: string[];
}

export interface CloudChoiceOptions {
  cloud: Cloud;
  entry: Entry;
  /** The app's Python, if it has one. */
  interpreter?: string;
  arch?: Target['arch'];
  wish: CloudWish;
  /** Which Pythons the app says that it runs on. */
  requires?: { file: string; specifier: string };
}

/** For which machine and runtime of a cloud an app is packed. Throws TARGET_RUNTIME, TARGET_PYTHON, TARGET_ARCH. */
export function chooseCloud({
  cloud,
  entry,
  interpreter,
  arch,
  wish,
  requires,
}: CloudChoiceOptions): CloudChoice {
  const language = entry.runtime === 'python' || interpreter !== undefined ? 'python' : 'node';
  const here =
    language === 'node'
      ? process.versions.node.split('.')[0]
      : interpreter === undefined
        ? undefined
        : minorVersion(askInterpreter(interpreter));
  const { runtime, version, note } = chooseRuntime({
    cloud,
    language,
    given: wish.runtime,
    here,
    ...(requires === undefined ? {} : { requires }),
  });
  const python = version ?? (language === 'python' ? here : undefined);
  return {
    target: targetOf({
      name: cloud,
      ...(arch === undefined ? {} : { arch }),
      ...(language === 'python' && python !== undefined ? { runtime: `python${python}` } : {}),
    }),
    cloud: { ...wish, cloud, runtime },
    notes: note === undefined ? [] : [note],
  };
}
