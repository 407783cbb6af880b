import { dirname, join } from 'node:path';

import type { DetectedApp } from '../types.ts';
import { pythonApp } from './candidate.ts';
import type { FileFacts, Scan } from './facts.ts';
import { moduleFile } from './module-name.ts';

/**
 * Django projects by their `manage.py`: settings module → the application that the settings name, else the
 * project's `wsgi.py`, else Django's own factory. Only the nearest ones.
 */
export function djangoProjects(dir: string, scan: Scan): DetectedApp[] {
  const manage = [...scan.files.values()].filter(
    ({ file, settings }) => settings !== null && /(^|\/)manage\.py$/.test(file),
  );
  const depth = Math.min(...manage.map(({ file }) => file.split('/').length));
  return manage
    .filter(({ file }) => file.split('/').length === depth)
    .map((facts) => djangoProject(dir, scan, facts));
}

/** The project of one `manage.py`. */
export function djangoProject(dir: string, scan: Scan, manage: FileFacts): DetectedApp {
  const folder = dirname(manage.file) === '.' ? '' : `${dirname(manage.file)}/`;
  const root = join(dir, folder);
  const { module: settings } = manage.settings!;
  const settingsFile = moduleFile(root, settings);
  const settingsFacts = settingsFile === undefined ? undefined : scan.files.get(folder + settingsFile);
  const because = [{ file: manage.file, line: manage.settings!.line, text: manage.settings!.text }];
  const named =
    namedApplication(settingsFacts, 'ASGI_APPLICATION') ??
    namedApplication(settingsFacts, 'WSGI_APPLICATION');
  const project = settings.split('.')[0]!;
  const choices = [named, { kind: 'wsgi' as const, module: `${project}.wsgi`, attribute: 'application' }];
  for (const choice of choices) {
    const file = choice === undefined ? undefined : moduleFile(root, choice.module);
    const facts = file === undefined ? undefined : scan.files.get(folder + file);
    if (choice === undefined || facts === undefined) continue;
    const place = facts.assigns.find(({ name }) => name === choice.attribute) ?? {
      line: 1,
      text: choice.attribute,
    };
    return pythonApp({
      dir,
      facts,
      framework: 'django',
      title: choice.kind === 'asgi' ? 'Django (ASGI)' : 'Django',
      interface: choice.kind,
      attribute: choice.attribute,
      place,
      because,
      root,
      module: choice.module,
    });
  }
  return {
    framework: 'django',
    title: 'Django',
    selector: 'django.core.wsgi:get_wsgi_application()',
    evidence: because,
    entry: {
      runtime: 'python',
      interface: 'wsgi',
      root,
      from: { module: 'django.core.wsgi', attribute: 'get_wsgi_application', factory: true },
      env: { DJANGO_SETTINGS_MODULE: settings },
    },
  };
}

interface NamedApplication {
  kind: 'wsgi' | 'asgi';
  module: string;
  attribute: string;
}

/** `WSGI_APPLICATION = 'mysite.wsgi.application'` of the settings. */
function namedApplication(
  facts: FileFacts | undefined,
  constant: 'WSGI_APPLICATION' | 'ASGI_APPLICATION',
): NamedApplication | undefined {
  const value = facts?.assigns.find(({ name }) => name === constant)?.constant;
  if (value === undefined || value === null) return undefined;
  const dot = value.lastIndexOf('.');
  const kind = constant === 'WSGI_APPLICATION' ? 'wsgi' : 'asgi';
  return { kind, module: value.slice(0, dot), attribute: value.slice(dot + 1) };
}
