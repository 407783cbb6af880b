import { planAll, type PlannedComponent } from '../../../components/engine/plan.ts';
import { colors } from '../../colors.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { changeText } from '../../deploying/report.ts';
import { withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

/** Prints what a deployment would do. */
export async function showPlan(alias: string | undefined, options: DeployingOptions): Promise<void> {
  const aliases = alias === undefined ? [] : [alias];
  await withSession({ options, verb: 'plan', changes: false, aliases }, async ({ engine, project }) => {
    const all = await planAll({ ...engine, removeGone: false });
    const planned = alias === undefined ? all : all.filter((one) => one.alias === alias);
    if (options.json) {
      printEvent('plan', { stage: project.stage, target: project.target, components: planned });
      return;
    }
    const width = Math.max(0, ...planned.map((one) => one.alias.length));
    for (const one of planned) show(one, width);
    const moved = planned.filter(({ action }) => action !== 'nothing').length;
    say(
      moved === 0
        ? colors.dim('nothing to do')
        : colors.dim(`${moved} of ${planned.length} would change: ropeway deploy`),
    );
  });
}

function show(one: PlannedComponent, width: number): void {
  const { mark, text } = WORDS[one.action];
  const changes = one.changes.map(changeText).join(', ');
  say(`${mark} ${one.alias.padEnd(width)}  ${text}${changes === '' ? '' : `: ${changes}`}`);
  if (one.waitsFor.length > 0) say(colors.dim(`    known when ${one.waitsFor.join(', ')} is deployed`));
  for (const { path, from, to } of one.inputs)
    say(colors.dim(`    ${path}: ${from ?? 'nothing'} → ${to ?? 'nothing'}`));
}

const WORDS = {
  create: { mark: colors.green('+'), text: 'new' },
  update: { mark: colors.yellow('~'), text: 'changes' },
  nothing: { mark: colors.dim('='), text: 'unchanged' },
  remove: { mark: colors.red('-'), text: 'no longer in the file (ropeway deploy --yes removes it)' },
  ask: { mark: colors.yellow('?'), text: 'only its deployment tells' },
};
