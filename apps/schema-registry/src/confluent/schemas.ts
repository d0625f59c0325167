import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RegistryAccess } from '../access/registry-access.js';
import { DEFAULT_CONTEXT, parseSubject, qualifiedName } from '../schemas/qualified-subject.js';
import type { CachedSchema, SchemaCache } from '../schemas/schema-cache.js';
import type { StoredSchema } from '../schemas/schema-rows.js';
import type { SchemaStore } from '../schemas/schema-store.js';
import { schemaAnswer, wantsMore } from './answers.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, one, parseDeleted, parsePage, type Query } from './requests.js';
import type { Call, Route } from './route.js';
import { isQualified } from './subjects.js';
import { tagsAnswer } from './tags.js';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const FOR_EVER = 'public, max-age=31536000, immutable';

export interface SchemaServices {
  store: SchemaStore;
  cache: SchemaCache;
  access: RegistryAccess;
}

/** Look-ups by id and GUID. */
export function schemaRoutes({ store, cache, access }: SchemaServices): Route[] {
  const byId = async ({ params, query, caller }: Call): Promise<StoredSchema> => {
    const id = parseId(params['id']!);
    const schema = await cache.schemaById(await contextOf(id, query), id);
    if (!schema || !(await mayRead(schema, caller))) throw ConfluentError.schemaNotFound(id);
    return schema;
  };
  const byGuid = async ({ params, caller }: Call): Promise<StoredSchema[]> => {
    const guid = params['guid']!;
    const schemas = GUID.test(guid) ? await cache.schemasByGuid(guid) : [];
    const readable = [];
    for (const schema of schemas) if (await mayRead(schema, caller)) readable.push(schema);
    if (readable.length === 0) throw ConfluentError.schemaNotFound(guid);
    return readable;
  };

  /** The context that `subject` names; a subject without one is looked for in all contexts. */
  async function contextOf(id: number, query: Query): Promise<string> {
    const given = one(query['subject']);
    if (given === undefined) return DEFAULT_CONTEXT;
    const { context, subject } = parseSubject(given);
    if (context !== DEFAULT_CONTEXT || subject === '') return context;
    return (await store.contextOfId(id, subject)) ?? DEFAULT_CONTEXT;
  }

  /** A content belongs to no subject, so whoever may read one of its subjects may read it. */
  async function mayRead(schema: StoredSchema, caller: Call['caller']): Promise<boolean> {
    if (caller.rights.readsAll) return true;
    const uses = await store.usesOf(schema, 'too', { offset: 0, limit: 1_000 });
    return uses.some((use) => access.reads(caller, use));
  }

  /** An answer that clients ask for again and again: made once, kept with the content it shows. */
  function known(
    found: CachedSchema | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Buffer | undefined {
    if (!found || !access.readsAreOpen || request.url.includes('?')) return undefined;
    const more = wantsMore(request);
    const answers = (found.answers ??= {});
    const bytes = (answers[more ? 'more' : 'less'] ??= Buffer.from(
      JSON.stringify(schemaAnswer(found, { more })),
    ));
    void reply.header('cache-control', FOR_EVER);
    return bytes;
  }

  return [
    { method: 'GET', path: '/schemas/types', right: 'anyone', handle: () => ['JSON'] },
    {
      method: 'GET',
      path: '/schemas/ids/:id',
      right: 'list',
      known: (request, reply) =>
        known(cache.known(DEFAULT_CONTEXT, readId((request.params as { id: string }).id)), request, reply),
      handle: async (call) => {
        const schema = await byId(call);
        const { query, request } = call;
        const shown = { more: wantsMore(request), qualifiedReferences: isQualified(query) };
        const answer = { ...schemaAnswer(schema, shown), ...tagsAnswer(schema.text, query) };
        if (!isTrue(query['fetchMaxId'])) return immutable(call, answer);
        return { ...answer, maxId: await store.maxId(schema.context) };
      },
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/schema',
      right: 'list',
      handle: async (call) => immutable(call, (await byId(call)).text),
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/subjects',
      right: 'list',
      handle: async (call) => {
        const uses = await store.usesOf(await byId(call), parseDeleted(call.query), parsePage(call.query));
        const names = uses.filter((use) => access.reads(call.caller, use)).map(qualifiedName);
        return [...new Set(names)];
      },
    },
    {
      method: 'GET',
      path: '/schemas/ids/:id/versions',
      right: 'list',
      handle: async (call) => {
        const uses = await store.usesOf(await byId(call), parseDeleted(call.query), parsePage(call.query));
        return uses
          .filter((use) => access.reads(call.caller, use))
          .map((use) => ({ subject: qualifiedName(use), version: use.version }));
      },
    },
    {
      method: 'GET',
      path: '/schemas/guids/:guid',
      right: 'list',
      known: (request, reply) =>
        known(cache.knownByGuid((request.params as { guid: string }).guid), request, reply),
      handle: async (call) => {
        const [schema] = await byGuid(call);
        const answer = schemaAnswer(schema!, { more: wantsMore(call.request) });
        return immutable(call, { ...answer, ...tagsAnswer(schema!.text, call.query) });
      },
    },
    {
      method: 'GET',
      path: '/schemas/guids/:guid/ids',
      right: 'list',
      handle: async (call) => (await byGuid(call)).map(({ context, id }) => ({ context, id })),
    },
  ];
}

function parseId(text: string): number {
  const id = readId(text);
  if (!(id < 2 ** 31)) throw new ConfluentError(404, 404, 'HTTP 404 Not Found');
  return id;
}

/** NaN for what `Number` would take for one: `0x1`, `1e0`, ` 1`. */
function readId(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : NaN;
}

/** Marks what an id or GUID names as cacheable for ever; an error must not be. */
function immutable<T>({ reply }: Call, found: T): T {
  void reply.header('cache-control', FOR_EVER);
  return found;
}
