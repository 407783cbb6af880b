import type { RunCommand } from '../run-commands/types.ts';
import type { DetectedApp } from '../types.ts';
import { djangoProjects } from './django.ts';
import { type Scan, scanFiles } from './facts.ts';
import { pythonAppFromCommand, pythonAppFromSelector } from './from-command.ts';
import { appsFromSources } from './from-sources.ts';
import { appPython } from './interpreter.ts';
import { appsFromTrial, type TrialResult } from './trial.ts';

/** The steps of looking for a Python app in one folder, on one scan of its files. */
export interface PythonSearch {
  problems: string[];
  fromSelector(selector: string): DetectedApp | undefined;
  fromCommand(command: RunCommand): DetectedApp | undefined;
  django(): DetectedApp[];
  fromSources(): DetectedApp[];
  fromTrial(): Promise<TrialResult>;
}

/** Throws PYTHON_NOT_FOUND, SCAN_FAILED. */
export async function searchPython(dir: string, files: string[], given?: string): Promise<PythonSearch> {
  const python = given ?? appPython(dir);
  const scan: Scan = await scanFiles(dir, python, files);
  return {
    problems: scan.problems,
    fromSelector: (selector) => pythonAppFromSelector(dir, scan, selector),
    fromCommand: (command) => pythonAppFromCommand(dir, scan, command),
    django: () => djangoProjects(dir, scan),
    fromSources: () => appsFromSources(dir, scan),
    fromTrial: () => appsFromTrial(dir, python, scan),
  };
}
