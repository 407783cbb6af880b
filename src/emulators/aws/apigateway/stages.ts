import type { ApiAnswer } from '../../server.ts';
import { type Api, badRequest, conflict, type Deployment, findApi, findIn, newId } from './books.ts';
import {
  apiOf,
  changeApi,
  type Desk,
  type GatewayCall,
  json,
  listAnswer,
  nothing,
  type Operation,
  stamp,
  without,
} from './desk.ts';
import { type Input, pick, tagsOf, textOf } from './input.ts';

const STAGES = '/v2/apis/*/stages';
const DEPLOYMENTS = '/v2/apis/*/deployments';

/** Stages, deployments, and the tags of APIs and stages. */
export const stageOperations: Operation[] = [
  { name: 'CreateStage', method: 'POST', path: STAGES, run: createStage },
  {
    name: 'GetStages',
    method: 'GET',
    path: STAGES,
    run: (desk, call) => listAnswer(Object.values(apiOf(desk, call).stages), call),
  },
  {
    name: 'GetStage',
    method: 'GET',
    path: `${STAGES}/*`,
    run: (desk, call) => json(200, findIn(apiOf(desk, call).stages, 'Stage', call.ids[1]!)),
  },
  { name: 'UpdateStage', method: 'PATCH', path: `${STAGES}/*`, run: updateStage },
  {
    name: 'DeleteStage',
    method: 'DELETE',
    path: `${STAGES}/*`,
    run: async (desk, call) => {
      await changeApi(desk, call, (api) => {
        findIn(api.stages, 'Stage', call.ids[1]!);
        return { api: { ...api, stages: without(api.stages, call.ids[1]!) }, result: undefined };
      });
      return nothing();
    },
  },
  { name: 'CreateDeployment', method: 'POST', path: DEPLOYMENTS, run: createDeployment },
  {
    name: 'GetDeployments',
    method: 'GET',
    path: DEPLOYMENTS,
    run: (desk, call) => {
      const all = Object.entries(apiOf(desk, call).deployments);
      return listAnswer(
        all.map(([id, one]) => shownDeployment(id, one)),
        call,
      );
    },
  },
  {
    name: 'GetDeployment',
    method: 'GET',
    path: `${DEPLOYMENTS}/*`,
    run: (desk, call) => {
      const id = call.ids[1]!;
      return json(200, shownDeployment(id, findIn(apiOf(desk, call).deployments, 'Deployment', id)));
    },
  },
  {
    name: 'DeleteDeployment',
    method: 'DELETE',
    path: `${DEPLOYMENTS}/*`,
    run: async (desk, call) => {
      const id = call.ids[1]!;
      await changeApi(desk, call, (api) => {
        findIn(api.deployments, 'Deployment', id);
        if (Object.values(api.stages).some((stage) => stage['deploymentId'] === id))
          throw badRequest('Active stages pointing to this deployment must be moved or deleted');
        return { api: { ...api, deployments: without(api.deployments, id) }, result: undefined };
      });
      return nothing();
    },
  },
  {
    name: 'GetTags',
    method: 'GET',
    path: '/v2/tags/*',
    run: (desk, call) => json(200, { tags: taggedOf(desk, call).tags }),
  },
  {
    name: 'TagResource',
    method: 'POST',
    path: '/v2/tags/*',
    run: async (desk, call) => {
      const given = tagsOf(call.input);
      await changeTags(desk, call, (tags) => ({ ...tags, ...given }));
      return json(201, {});
    },
  },
  {
    name: 'UntagResource',
    method: 'DELETE',
    path: '/v2/tags/*',
    run: async (desk, call) => {
      const gone = call.parameters.getAll('tagKeys');
      await changeTags(desk, call, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.includes(key))),
      );
      return nothing();
    },
  },
];

const SETTINGS = {
  description: 'text',
  autoDeploy: 'flag',
  deploymentId: 'text',
  stageVariables: 'map',
  defaultRouteSettings: 'object',
  routeSettings: 'object',
  accessLogSettings: 'object',
} as const;

async function createStage(desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const name = textOf(call.input, 'stageName');
  if (name !== '$default' && !/^[\w-]{1,128}$/.test(name))
    throw badRequest('Stage name only allows alphanumeric characters, underscores, hyphens, and $default');
  const settings = { autoDeploy: false, ...pick(call.input, SETTINGS) };
  const at = stamp(desk);
  const stage = {
    defaultRouteSettings: { detailedMetricsEnabled: false },
    routeSettings: {},
    stageVariables: {},
    ...settings,
    stageName: name,
    createdDate: at,
    lastUpdatedDate: at,
    tags: tagsOf(call.input),
  };
  await changeApi(desk, call, (api) => {
    if (Object.hasOwn(api.stages, name)) throw conflict('Stage already exists');
    checkDeployment(api, settings);
    return { api: { ...api, stages: { ...api.stages, [name]: stage } }, result: undefined };
  });
  return json(201, stage);
}

async function updateStage(desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const name = call.ids[1]!;
  const settings = pick(call.input, SETTINGS);
  const stage = await changeApi(desk, call, (api) => {
    const before = findIn(api.stages, 'Stage', name);
    checkDeployment(api, { autoDeploy: before['autoDeploy'] ?? false, ...settings });
    const after = { ...before, ...settings, lastUpdatedDate: stamp(desk) };
    return { api: { ...api, stages: { ...api.stages, [name]: after } }, result: after };
  });
  return json(200, stage);
}

function checkDeployment({ deployments }: Api, { deploymentId, autoDeploy }: Input): void {
  if (typeof deploymentId !== 'string') return;
  findIn(deployments, 'Deployment', deploymentId);
  if (autoDeploy === true) throw badRequest('Deployment ID cannot be set on a stage with AutoDeploy');
}

async function createDeployment(desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const { description, stageName } = pick(call.input, { description: 'text', stageName: 'text' });
  const id = newId(6);
  const made = await changeApi(desk, call, (api) => {
    const deployment: Deployment = {
      createdAt: stamp(desk),
      ...(typeof description === 'string' ? { description } : {}),
      routes: api.routes,
      integrations: api.integrations,
    };
    const deployments = { ...api.deployments, [id]: deployment };
    if (typeof stageName !== 'string') return { api: { ...api, deployments }, result: deployment };
    const stage = findIn(api.stages, 'Stage', stageName);
    if (stage['autoDeploy'] === true)
      throw badRequest('Deployment cannot be associated with a stage that has AutoDeploy');
    const stages = { ...api.stages, [stageName]: { ...stage, deploymentId: id } };
    return { api: { ...api, deployments, stages }, result: deployment };
  });
  return json(201, shownDeployment(id, made));
}

function shownDeployment(deploymentId: string, { createdAt, description }: Deployment): object {
  return {
    deploymentId,
    autoDeployed: false,
    createdDate: createdAt,
    deploymentStatus: 'DEPLOYED',
    ...(description === undefined ? {} : { description }),
  };
}

/** `arn:aws:apigateway:us-east-1::/apis/abc`, or `…/apis/abc/stages/dev`. Throws BadRequestException, NotFoundException. */
function taggedOf(
  { store }: Desk,
  { ids, region }: GatewayCall,
): { api: Api; stage?: string; tags: Record<string, string> } {
  const [, id, stage] =
    /^arn:aws[\w-]*:apigateway:[^:]*::\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(ids[0]!) ?? [];
  if (id === undefined) throw badRequest('Invalid resource ARN');
  const api = findApi(store.current(), region, id);
  if (stage === undefined) return { api, tags: api.tags };
  return { api, stage, tags: findIn(api.stages, 'Stage', stage).tags };
}

async function changeTags(
  desk: Desk,
  call: GatewayCall,
  make: (tags: Record<string, string>) => Record<string, string>,
): Promise<void> {
  const { api: found, stage: name } = taggedOf(desk, call);
  await changeApi(desk, { region: call.region, ids: [found.id] }, (api) => {
    if (name === undefined) return { api: { ...api, tags: make(api.tags) }, result: undefined };
    const stage = findIn(api.stages, 'Stage', name);
    const stages = { ...api.stages, [name]: { ...stage, tags: make(stage.tags) } };
    return { api: { ...api, stages }, result: undefined };
  });
}
