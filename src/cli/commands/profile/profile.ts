import { profileApp } from '../../measuring/profile.ts';
import { progressOnStderr } from '../../measuring/progress.ts';
import { writeReport } from '../../measuring/report-file.ts';
import { subjectOf } from '../../measuring/subject.ts';
import { asAppOptions, type ProfileOptions } from './options.ts';
import { profileAsText } from './text.ts';

/** Measures the app of a folder and prints what was found. Exit code 1 when a request did not go as expected. */
export async function profile(folder: string, options: ProfileOptions): Promise<void> {
  const progress = progressOnStderr();
  try {
    const subject = await subjectOf(folder, 'profile', asAppOptions(options), progress);
    const { result } = await profileApp(subject, options, progress);
    process.stdout.write(
      options.json ? `${JSON.stringify(result, null, 2)}\n` : profileAsText(result, options.lines),
    );
    if (options.report !== undefined) {
      const { profileReport } = await import('../../../insight/report/profile-report.ts');
      writeReport(options.report, profileReport(result));
    }
    if (result.routes.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
  } finally {
    progress.end();
  }
}
