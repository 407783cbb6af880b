import type { RunCommand } from '../run-commands/types.ts';
import type { DetectedApp, Evidence } from '../types.ts';

/** Programs that prepare, test or watch something and serve nothing. */
const NO_SERVER =
  /^(echo|true|false|test|cp|mkdir|rm|tsc|eslint|prettier|jest|vitest|mocha|webpack|rollup|cd|sleep|exit|cat|ls)$/;

/** Whether a run command can be expected to serve on `PORT`. */
export function servesSomething(command: RunCommand): boolean {
  const [program = ''] = command.words;
  return program !== '' && !NO_SERVER.test(program);
}

/** An app that only its start command can run: it gets `PORT` and is proxied. */
export function commandApp(dir: string, line: string, evidence: Evidence): DetectedApp {
  return {
    framework: 'command',
    title: 'web function',
    selector: line,
    evidence: [evidence],
    entry: { runtime: 'command', root: dir, command: line },
  };
}
