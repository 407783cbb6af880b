import { colors } from '../colors.ts';
import { compose } from './compose.ts';
import { headerOf } from './headers.ts';
import { checkOptions, parseTimeout, type RequestOptions } from './options.ts';
import { print } from './print.ts';
import { requestFilePath } from './request-file.ts';
import { runAll } from './run-all.ts';
import { findRunningDev } from './running-dev.ts';
import { saveRequest, type Saved } from './save.ts';
import { send } from './send.ts';
import { answerAsJson, showAnswer } from './show.ts';
import { traceRequestHeaders } from './trace.ts';
import type { Answer, OutgoingRequest } from './types.ts';

/** `ropeway request`: one request from the command line, or with `--all` those of a file. */
export async function runRequest(target: string[], options: RequestOptions): Promise<void> {
  checkOptions(target, options);
  if (options.all === true) return runAll(options);
  const timeoutMs = parseTimeout(options.timeout);
  const composed = await compose(target, options, async () => options.url ?? findRunningDev(options.dir));
  const { outgoing, without } = composed;
  const headers = [...outgoing.headers, ...traceRequestHeaders(options.cold === true)];
  const answer = await send({ ...outgoing, headers }, { timeoutMs, without });
  const save = async (): Promise<Saved | undefined> =>
    options.save === true
      ? await saveRequest(composed, answer, { path: requestFilePath(options), name: options.name })
      : undefined;
  if (options.bodyOnly === true) {
    await print(answer.body);
    await save();
  } else if (options.json === true) {
    const saved = await save();
    await print(
      `${JSON.stringify({ ...answerAsJson(outgoing, answer), ...(saved && { saved }) }, null, 2)}\n`,
    );
  } else {
    // The answer first: it must not be lost when it cannot be saved.
    await print(showAnswer(answer, process.stdout.isTTY));
    const saved = await save();
    if (saved !== undefined) await print(savedLine(saved, outgoing, answer));
  }
}

function savedLine({ file, title, updated }: Saved, request: OutgoingRequest, answer: Answer): string {
  const lines = [
    `${colors.green('✓')} ${updated ? 'updated' : 'saved'} "${title}" in ${file}, expecting ${answer.status}`,
  ];
  const secret = ['authorization', 'cookie'].find((name) => headerOf(request.headers, name) !== undefined);
  if (secret !== undefined) {
    const advice = 'before sharing the file, put {{$processEnv NAME}} in place of the secret';
    lines.push(`${colors.yellow('!')} the file now holds the ${secret} header: ${advice}`);
  }
  return `${lines.join('\n')}\n`;
}
