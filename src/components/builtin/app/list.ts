import type { ComponentClass } from '../../component.ts';
import { appComponent } from './app-component.ts';
import { appKind } from './kinds.ts';
import { httpSchema, httpSettings } from '../old/http-inputs.ts';

const entryOf = ({
  entry,
  entryFile,
}: {
  entry?: string | undefined;
  entryFile?: string | undefined;
}): string | undefined => entryFile ?? entry;

const flask = appKind('flask', { frameworks: ['flask'], entry: entryOf });
const django = appKind('django', {
  frameworks: ['django'],
  entry: (inputs) => {
    const project = inputs.projectName ?? inputs.djangoProjectName;
    return project === undefined ? entryOf(inputs) : `${project}.wsgi:application`;
  },
});
const express = appKind('express', { frameworks: ['express'], entry: entryOf });
const koa = appKind('koa', { frameworks: ['koa'], entry: entryOf });
const fastapi = appKind('fastapi', { frameworks: ['fastapi', 'starlette'], entry: entryOf });
const web = appKind('web', { entry: entryOf });

/** `component: http` of 2021: any framework. */
const http = appComponent({ kind: 'http', inputs: httpSchema, settings: httpSettings });

/** Components of apps by all their names. */
export const APP_COMPONENTS: Record<string, ComponentClass> = {
  flask: flask.own,
  django: django.own,
  express: express.own,
  koa: koa.own,
  fastapi: fastapi.own,
  web: web.own,
  http,
  '@gosls/tencent-flask': flask.old,
  '@serverless/tencent-flask': flask.old,
  '@serverless/tencent-django': django.old,
  '@gosls/tencent-django': django.old,
  '@serverless/tencent-express': express.old,
  '@serverless/tencent-koa': koa.old,
  '@serverless/tencent-framework': web.old,
  '@serverless/tencent-http': http,
};
