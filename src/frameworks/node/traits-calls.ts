import type { Trait } from '../traits.ts';
import { type Call, numberAt, type Source, topLevelArguments, valueOfKey } from './traits-source.ts';

/** What the imports and single calls of a file say. */
export function traitsOfCalls(source: Source): Trait[] {
  return [
    ...imports(source),
    ...source.calls.flatMap((call) => READERS.flatMap((read) => read(source, call))),
  ];
}

type Reader = (source: Source, call: Call) => Trait[];

const FS = /^(?:fs|fs\/promises|fs-extra|graceful-fs)$/;
const WRITES =
  /(?:^|\.)(?:writeFile|appendFile|createWriteStream|mkdir|mkdirp|ensureDir|outputFile|writeJson|copyFile|rename)(?:Sync)?$/;

function imports({ tokens, imports: all, depth, trait }: Source): Trait[] {
  return all.flatMap(({ specifier, line, expression }) => {
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) return [];
    // What is required inside a function is there when it is needed.
    if (expression !== undefined && depth(expression.start) > 0) return [];
    if (tokens[expression?.start ?? 0]?.text === 'import' && expression !== undefined) return [];
    return [trait('import', line, specifier)];
  });
}

/** A module's own calls: its name, and what of it is called. */
function isCallOf({ specifier, path }: Call, name: string | RegExp, called?: RegExp): boolean {
  const named = typeof name === 'string' ? specifier === name : name.test(specifier);
  return named && (called === undefined || called.test(path));
}

const writes: Reader = (source, call) => {
  const { tokens, place, trait } = source;
  if (isCallOf(call, FS, WRITES)) {
    const isCopy = /copyFile|rename/.test(call.path);
    const target = topLevelArguments(tokens, call.open)[isCopy ? 1 : 0];
    const { where, text } = place(target ?? -1);
    return where === 'read-only' ? [trait('write', call.line, call.path, { path: text })] : [];
  }
  if (isCallOf(call, /^(?:@koa\/)?multer$/)) {
    const key = call.path === 'diskStorage' ? 'destination' : 'dest';
    const { where, text } = place(valueOfKey(tokens, call, key) ?? -1);
    return where === 'read-only' ? [trait('write', call.line, 'multer', { path: text })] : [];
  }
  return [];
};

const databases: Reader = (source, call) => {
  const { tokens, place, trait } = source;
  const [first] = topLevelArguments(tokens, call.open);
  if (
    isCallOf(
      call,
      /^(?:better-sqlite3|sqlite3|sqlite|bun:sqlite)$/,
      /^(?:default|(?:.*\.)?Database|DatabaseSync|open)$/,
    )
  ) {
    const at = call.path === 'open' ? valueOfKey(tokens, call, 'filename') : first;
    const { where, text } = place(at ?? -1);
    return where === 'read-only' && text !== '' && !text.includes(':memory:')
      ? [trait('sqlite', call.line, call.specifier, { path: text })]
      : [];
  }
  if (isCallOf(call, /^(?:sequelize|knex|typeorm)$/)) {
    const dialect = ['dialect', 'client', 'type'].map((key) => valueOfKey(tokens, call, key));
    const isSqlite = dialect.some((at) => /sqlite/.test(tokens[at ?? -1]?.text ?? ''));
    if (isSqlite) {
      const at = ['storage', 'filename', 'database']
        .map((key) => valueOfKey(tokens, call, key))
        .find(Boolean);
      const { where, text } = place(at ?? -1);
      return where === 'read-only' && text !== ':memory:'
        ? [trait('sqlite', call.line, call.specifier, { path: text })]
        : [];
    }
  }
  const pool = POOLS.find(({ name, called }) => isCallOf(call, name, called));
  if (pool === undefined) return [];
  const given = valueOfKey(tokens, call, pool.option);
  const value = given === undefined ? pool.most : numberAt(tokens, given);
  return value === undefined || value <= 1 ? [] : [trait('pool', call.line, pool.title, { value })];
};

/** Connections that a client opens when it is not told otherwise. */
const POOLS = [
  { title: 'pg', name: 'pg', called: /^(?:.*\.)?Pool$/, option: 'max', most: 10 },
  {
    title: 'MySQL',
    name: /^mysql2?(?:\/promise)?$/,
    called: /^createPool$/,
    option: 'connectionLimit',
    most: 10,
  },
  {
    title: 'Mongoose',
    name: 'mongoose',
    called: /^(?:connect|createConnection)$/,
    option: 'maxPoolSize',
    most: 100,
  },
  {
    title: 'MongoDB',
    name: 'mongodb',
    called: /^MongoClient(?:\.connect)?$/,
    option: 'maxPoolSize',
    most: 100,
  },
  { title: 'Sequelize', name: 'sequelize', called: /^(?:default|Sequelize)$/, option: 'max', most: 5 },
  { title: 'Knex', name: 'knex', called: /^(?:default|knex)$/, option: 'max', most: 10 },
];

const background: Reader = ({ tokens, depth, trait }, call) => {
  const { specifier, path, line, start, close } = call;
  const isScheduler =
    isCallOf(call, 'node-cron', /^(?:default\.)?schedule$/) ||
    isCallOf(call, 'node-schedule', /^scheduleJob$/) ||
    isCallOf(call, 'cron', /^CronJob$/) ||
    isCallOf(call, /^bull(?:mq)?$/, /^Worker$/);
  if (isScheduler) return [trait('background', line, specifier)];
  // Inside of functions it belongs to what these do.
  const isLoose = specifier === '' && path === 'setInterval' && depth(start) === 0;
  const isUnreferenced = tokens[close + 1]?.text === '.' && tokens[close + 2]?.text === 'unref';
  return isLoose && !isUnreferenced ? [trait('background', line, 'setInterval')] : [];
};

const memory: Reader = ({ tokens, trait }, call) => {
  const { specifier, line } = call;
  const has = (key: string): boolean => valueOfKey(tokens, call, key) !== undefined;
  if (isCallOf(call, 'express-session', /^default$/) && !has('store')) {
    return [trait('session', line, 'the MemoryStore of express-session')];
  }
  if (isCallOf(call, 'express-rate-limit') && !has('store'))
    return [trait('cache', line, 'counts of express-rate-limit')];
  if (isCallOf(call, 'node-cache', /^default$/)) return [trait('cache', line, specifier)];
  return [];
};

const sockets: Reader = ({ trait }, call) => {
  const isServer =
    isCallOf(call, 'ws', /^(?:WebSocketServer|Server|default\.Server)$/) ||
    isCallOf(call, 'socket.io', /^(?:Server|default)$/) ||
    isCallOf(call, 'express-ws', /^default$/) ||
    isCallOf(call, 'hono/ws', /^upgradeWebSocket$/);
  return isServer ? [trait('websocket', call.line, call.specifier)] : [];
};

const uploads: Reader = (source, call) => {
  const { tokens, trait } = source;
  if (!isCallOf(call, /^(?:(?:@koa\/)?multer|busboy|formidable|express-fileupload|koa-body)$/, UPLOAD_CALLS))
    return [];
  const limit = ['fileSize', 'maxFileSize']
    .map((key) => numberAt(tokens, valueOfKey(tokens, call, key)))
    .find(Boolean);
  const what = call.specifier;
  return [
    trait('upload', call.line, what),
    ...(limit === undefined ? [] : [trait('upload-limit', call.line, what, { value: limit })]),
  ];
};

const UPLOAD_CALLS = /^(?:default|formidable|IncomingForm|koaBody)$/;

/** `app.register(multipart)`, `app.use(serve('public'))`: plug-ins that are handed over. */
const plugins: Reader = (source, call) => {
  const { tokens, imports: all, place, trait } = source;
  if (isCallOf(call, /^(?:koa-static|serve-static|express)$/, /^(?:default|static)$/)) {
    if (call.specifier === 'express' && call.path !== 'static') return [];
    return served(
      topLevelArguments(tokens, call.open)[0],
      call.specifier === 'express' ? 'express.static' : call.specifier,
    );
  }
  if (!call.path.endsWith('.register')) return [];
  const [first] = topLevelArguments(tokens, call.open);
  const name = tokens[first ?? -1]?.text;
  const plugin = all.find(({ names }) => names.some(({ local }) => local === name))?.specifier;
  if (plugin === '@fastify/static') return served(valueOfKey(tokens, call, 'root'), plugin);
  if (plugin === '@fastify/websocket') return [trait('websocket', call.line, plugin)];
  if (plugin === '@fastify/session' && valueOfKey(tokens, call, 'store') === undefined)
    return [trait('session', call.line, 'the store of @fastify/session in memory')];
  if (plugin !== '@fastify/multipart') return [];
  const limit = numberAt(tokens, valueOfKey(tokens, call, 'fileSize'));
  return [
    trait('upload', call.line, plugin),
    ...(limit === undefined ? [] : [trait('upload-limit', call.line, plugin, { value: limit })]),
  ];

  function served(at: number | undefined, what: string): Trait[] {
    const { where, text } = place(at ?? -1);
    return where === 'read-only' ? [trait('static', call.line, what, { path: text })] : [];
  }
};

const READERS: Reader[] = [writes, databases, background, memory, sockets, uploads, plugins];
