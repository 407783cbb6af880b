/** What has to be done before an app can start. */
export interface Preparation {
  /** Absolute path of the Python interpreter that runs the app, once the steps are done. */
  interpreter?: string;
  /** In order; empty when nothing is missing. */
  steps: PreparationStep[];
  /** Things worth knowing that need nothing to be done. */
  notes: string[];
}

export interface PreparationStep {
  /** `install flask, jieba` */
  title: string;
  /** `flask is in requirements.txt but not installed` */
  why: string;
  command: string[];
  cwd: string;
  /** Added to the user's own environment. */
  env?: Record<string, string>;
  /** Absolute folder that is made before the command runs, with a `.gitignore` that hides all of it. */
  hiddenFolder?: string;
}
