import type { JsonObject } from '../../../events/types.ts';
import type { Store } from '../../store.ts';
import { cloudTime } from '../call-parameters.ts';

type Row = JsonObject & { create_time: string };
interface Logset extends Row {
  logset_id: string;
  logset_name: string;
}
interface Topic extends Row {
  topic_id: string;
  topic_name: string;
  logset_id: string;
}

export interface Told {
  logsets: Logset[];
  topics: Topic[];
  /** By topic. */
  indexes: Record<string, JsonObject>;
  deliveries: JsonObject[];
}

export class ClsError extends Error {
  override readonly name = 'ClsError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What there is at `GET /logset`, given query and body. */
export type Paths = Record<
  string,
  (query: URLSearchParams, body: JsonObject) => JsonObject | Promise<JsonObject>
>;

export interface Making {
  newId(): string;
  now(): number;
}

export function pathsOf(store: Store<Told>, { newId, now }: Making): Paths {
  const change = (make: (told: Told) => Told): Promise<JsonObject> =>
    store.change((told) => ({ value: make(told), result: {} }));
  const logset = (id: unknown): Logset =>
    store.current().logsets.find((one) => one.logset_id === id) ?? missing('logset');
  const topic = (id: unknown): Topic =>
    store.current().topics.find((one) => one.topic_id === id) ?? missing('topic');
  const isSameDelivery = (wanted: (name: string) => unknown, one: JsonObject): boolean =>
    ['topic_id', 'namespace', 'function_name', 'qualifier'].every(
      (name) => wanted(name) === undefined || wanted(name) === null || wanted(name) === one[name],
    );

  return {
    'GET /logsets': () => ({ logsets: store.current().logsets }),
    'GET /logset': (query) => logset(query.get('logset_id')),
    'POST /logset': async (_, body) => {
      const made = {
        ...body,
        logset_id: newId(),
        logset_name: text(body, 'logset_name'),
        create_time: cloudTime(now()),
      };
      return store.change((told) => {
        if (told.logsets.some((one) => one.logset_name === made.logset_name)) throw taken('logset');
        return {
          value: { ...told, logsets: [...told.logsets, made] },
          result: { logset_id: made.logset_id },
        };
      });
    },
    'PUT /logset': (_, body) => {
      const found = logset(body['logset_id']);
      return change((told) => ({
        ...told,
        logsets: told.logsets.map((one) => (one.logset_id === found.logset_id ? { ...one, ...body } : one)),
      }));
    },
    'DELETE /logset': (query, body) => {
      const { logset_id: id } = logset(query.get('logset_id') ?? body['logset_id']);
      return change((told) => ({
        ...told,
        logsets: told.logsets.filter((one) => one.logset_id !== id),
        topics: told.topics.filter((one) => one.logset_id !== id),
      }));
    },
    'GET /topics': (query) => ({
      topics: store.current().topics.filter((one) => one.logset_id === query.get('logset_id')),
    }),
    'GET /topic': (query) => topic(query.get('topic_id')),
    'POST /topic': async (_, body) => {
      const { logset_id } = logset(body['logset_id']);
      const made = {
        ...body,
        topic_id: newId(),
        topic_name: text(body, 'topic_name'),
        logset_id,
        create_time: cloudTime(now()),
      };
      return store.change((told) => {
        const isTaken = told.topics.some(
          (one) => one.logset_id === logset_id && one.topic_name === made.topic_name,
        );
        if (isTaken) throw taken('topic');
        return { value: { ...told, topics: [...told.topics, made] }, result: { topic_id: made.topic_id } };
      });
    },
    'PUT /topic': (_, body) => {
      const found = topic(body['topic_id']);
      return change((told) => ({
        ...told,
        topics: told.topics.map((one) => (one.topic_id === found.topic_id ? { ...one, ...body } : one)),
      }));
    },
    'DELETE /topic': (query, body) => {
      const { topic_id: id } = topic(query.get('topic_id') ?? body['topic_id']);
      return change((told) => ({ ...told, topics: told.topics.filter((one) => one.topic_id !== id) }));
    },
    'GET /index': (query) => {
      const { topic_id } = topic(query.get('topic_id'));
      return store.current().indexes[topic_id] ?? missing('index');
    },
    'PUT /index': (_, body) => {
      const { topic_id } = topic(body['topic_id']);
      return change((told) => ({ ...told, indexes: { ...told.indexes, [topic_id]: body } }));
    },
    'GET /deliverfunction': (query) =>
      store.current().deliveries.find((one) => isSameDelivery((name) => query.get(name), one)) ??
      missing('delivery'),
    'POST /deliverfunction': (_, body) => {
      topic(body['topic_id']);
      return change((told) => ({ ...told, deliveries: [...told.deliveries, body] }));
    },
    'PUT /deliverfunction': (_, body) =>
      change((told) => ({
        ...told,
        deliveries: told.deliveries.map((one) =>
          isSameDelivery((name) => body[name], one) ? { ...one, ...body } : one,
        ),
      })),
    'DELETE /deliverfunction': (query, body) =>
      change((told) => ({
        ...told,
        deliveries: told.deliveries.filter(
          (one) => !isSameDelivery((name) => query.get(name) ?? body[name], one),
        ),
      })),
  };
}

function missing(what: string): never {
  throw new ClsError(404, `${what}notexist`, `There is no such ${what}.`);
}

function taken(what: string): ClsError {
  return new ClsError(409, `${what}conflict`, `There is a ${what} of this name.`);
}

function text(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new ClsError(400, 'invalidparam', `${name} is missing.`);
}
