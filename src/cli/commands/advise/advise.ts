import { findingsOf, SEVERITIES } from '../../../insight/advise/advise.ts';
import type { AdviceResult } from '../../../insight/types.ts';
import { circumstances } from '../../measuring/circumstances.ts';
import { profileApp } from '../../measuring/profile.ts';
import { progressOnStderr } from '../../measuring/progress.ts';
import { runtimeOf } from '../../measuring/subject.ts';
import { asAppOptions } from '../profile/options.ts';
import { applyFindings } from './apply.ts';
import { gatherFacts } from './facts.ts';
import { type AdviseOptions, checkOptions } from './options.ts';
import { subjectToAdvise } from './subject.ts';
import { adviceAsText } from './text.ts';

/** Looks at the app of a folder, and says what to change. Findings are no failure, unless `--fail-on` says so: exit code 1 then. */
export async function advise(folder: string, options: AdviseOptions): Promise<void> {
  checkOptions(options);
  const progress = progressOnStderr();
  try {
    const subject = await subjectToAdvise(folder, asAppOptions(options), options.measure, progress);
    const profiled = options.measure ? await profileApp(subject, options, progress) : undefined;
    progress.step('reading the source');
    const facts = await gatherFacts(subject, profiled);
    progress.end();
    const notes = profiled?.result.notes ?? [
      'nothing was measured (--no-measure): what only measuring shows is not told',
    ];
    const failed = (profiled?.result.routes ?? []).filter((route) => route.failed !== undefined);
    const result: AdviceResult = {
      kind: 'advice',
      version: 1,
      circumstances:
        profiled?.result.circumstances ??
        circumstances({ median: 0, p95: 0, runs: 0 }, subject.spec.interpreter),
      app: { name: subject.spec.name, framework: subject.app.title, runtime: runtimeOf(subject) },
      findings: findingsOf(facts),
      notes: [
        ...notes,
        ...failed.map(({ request, failed: why }) => `${request} failed, and was left out: ${why}`),
      ],
    };
    process.stdout.write(
      options.json ? `${JSON.stringify(result, null, 2)}\n` : adviceAsText(result, options.apply),
    );
    if (options.apply) await applyFindings(subject.dir, result.findings, options);
    if (options.failOn !== undefined) {
      const bound = SEVERITIES.indexOf(options.failOn);
      if (result.findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= bound)) process.exitCode = 1;
    }
  } finally {
    progress.end();
  }
}
