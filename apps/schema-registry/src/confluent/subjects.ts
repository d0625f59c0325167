import { qualifiedName, isValidSubject, parseSubject } from '../schemas/qualified-subject.js';
import type { LifecycleHeaders } from '../contracts/lifecycle/lifecycle-headers.js';
import type { RegistryAccess } from '../access/registry-access.js';
import type { DeletionService } from '../schemas/deletion.service.js';
import { isFoundElsewhere, type LookUpService } from '../schemas/look-up.service.js';
import type { RegistrationService } from '../schemas/registration.service.js';
import type { SchemaRequest } from '../schemas/registration-decision.js';
import type { StoredVersion } from '../schemas/schema-rows.js';
import type { SchemaStore } from '../schemas/schema-store.js';
import { versionAnswer, wantsMore } from './answers.js';
import { ConfluentError } from './confluent-error.js';
import {
  isTrue,
  one,
  parseDeleted,
  parsePage,
  parseSchemaRequest,
  parseVersion,
  type Query,
} from './requests.js';
import { type Call, mayRefer, type Route } from './route.js';
import { parseTagRequest, tagsAnswer, withTags } from './tags.js';

/** Every context. */
const EVERYTHING = ':*:';

export interface SubjectServices {
  store: SchemaStore;
  registration: RegistrationService;
  deletion: DeletionService;
  lookUps: LookUpService;
  access: RegistryAccess;
  endings: Pick<LifecycleHeaders, 'of'>;
}

/** Subjects and their versions. */
export function subjectRoutes({
  store,
  registration,
  deletion,
  lookUps,
  access,
  endings,
}: SubjectServices): Route[] {
  const find = async (call: Call, deleted = isTrue(call.query['deleted'])) => {
    const { subject, name, params, reply, caller } = call;
    const version = parseVersion(params['version']!);
    const which = deleted ? 'too' : 'no';
    let found = await store.version(subject, version, which);
    if (!found && isFoundElsewhere(subject)) {
      const others = await store.elsewhere(subject.subject, version, which);
      found = others.find((other) => access.reads(caller, other));
    }
    if (found) {
      void reply.headers(endings.of(found) ?? {});
      return found;
    }
    if (version === 'latest' || !(await store.subjectExists(subject, deleted ? 'too' : 'no')))
      throw ConfluentError.subjectNotFound(name);
    throw ConfluentError.versionNotFound(version);
  };
  const answer = (version: StoredVersion, { request, query }: Call) => ({
    ...versionAnswer(version, { more: wantsMore(request), qualifiedReferences: isQualified(query) }),
    ...tagsAnswer(version.text, query),
  });
  const register = async (call: Call, schema: SchemaRequest, force: boolean) => {
    const { subject, caller, request, reply, at } = call;
    await mayRefer(access, call, schema.references);
    const registered = await registration.register(
      { subject, request: schema, by: caller.system, force },
      at,
    );
    if (registered.semantic) void reply.header('wasl-semantic-verdict', registered.semantic.verdict);
    return wantsMore(request) ? versionAnswer(registered, { more: true }) : { id: registered.id };
  };

  return [
    {
      method: 'GET',
      path: '/subjects',
      right: 'list',
      handle: async ({ query, caller }) => {
        const prefix = parseSubject(one(query['subjectPrefix']) ?? EVERYTHING);
        const readable = access.readable(caller);
        const subjects = await store.subjects(prefix, parseDeleted(query), parsePage(query), readable);
        return subjects.map(qualifiedName);
      },
    },
    {
      method: 'POST',
      path: '/subjects/:subject',
      right: 'read',
      follows: true,
      handle: async (call) => {
        const { subject, name, body, query, request, caller } = call;
        const deleted = isTrue(query['deleted']) ? 'too' : 'no';
        const schema = parseSchemaRequest(body, query);
        await mayRefer(access, call, schema.references);
        const found = await lookUps.lookUp(subject, schema, deleted, (other) => access.reads(caller, other));
        if (found) return versionAnswer(found, { more: wantsMore(request) });
        throw (await store.subjectExists(subject, deleted))
          ? ConfluentError.schemaNotFound()
          : ConfluentError.subjectNotFound(name);
      },
    },
    {
      method: 'DELETE',
      path: '/subjects/:subject',
      right: 'delete',
      follows: true,
      handle: ({ subject, query, caller, at }) =>
        deletion.deleteSubject(subject, { permanent: isTrue(query['permanent']), by: caller.system, at }),
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions',
      right: 'read',
      follows: true,
      handle: async ({ subject, name, query }) => {
        const negative = isTrue(query['deletedAsNegative']);
        const deleted = negative ? 'too' : parseDeleted(query);
        const versions = await store.versions(subject, deleted, parsePage(query));
        if (versions.length === 0 && !(await store.subjectExists(subject, deleted === 'no' ? 'no' : 'too')))
          throw ConfluentError.subjectNotFound(name);
        return versions.map(({ version, deleted: gone }) => (gone && negative ? -version : version));
      },
    },
    {
      method: 'POST',
      path: '/subjects/:subject/versions',
      right: 'write',
      follows: true,
      handle: async (call) => {
        const { subject, name, body, query, request } = call;
        if (!isValidSubject(subject)) throw ConfluentError.invalidSubject(name);
        const schema = withTags(parseSchemaRequest(body, query), body);
        if (schema.id !== undefined) await access.require(request, { action: 'admin' });
        return register(call, schema, isTrue(query['force']));
      },
    },
    {
      method: 'POST',
      path: '/subjects/:subject/versions/:version/tags',
      right: 'write',
      follows: true,
      status: 200,
      handle: async (call) => {
        const { newVersion, toRegister } = parseTagRequest(call.body);
        const tagged = await find(call, false);
        const previous = await store.version(
          call.subject,
          newVersion === undefined ? 'latest' : newVersion - 1,
        );
        return register(call, toRegister(tagged, previous), false);
      },
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version',
      right: 'read',
      follows: true,
      handle: async (call) => answer(await find(call), call),
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version/schema',
      right: 'read',
      follows: true,
      handle: async (call) => (await find(call)).text,
    },
    {
      method: 'GET',
      path: '/subjects/:subject/versions/:version/referencedby',
      right: 'read',
      follows: true,
      handle: async (call) => store.referencedBy(await find(call, true), parsePage(call.query)),
    },
    {
      method: 'DELETE',
      path: '/subjects/:subject/versions/:version',
      right: 'delete',
      follows: true,
      handle: ({ subject, params, query, caller, at }) =>
        deletion.deleteVersion(subject, parseVersion(params['version']!), {
          permanent: isTrue(query['permanent']),
          by: caller.system,
          at,
        }),
    },
    {
      method: 'GET',
      path: '/subjects/:subject/metadata',
      right: 'read',
      follows: true,
      handle: async ({ subject, name, query, request }) => {
        const deleted = isTrue(query['deleted']) ? 'too' : 'no';
        const found = await store.latestWith(subject, wantedProperties(query), deleted);
        if (found) return versionAnswer(found, { more: wantsMore(request) });
        throw (await store.subjectExists(subject, deleted))
          ? ConfluentError.schemaNotFound()
          : ConfluentError.subjectNotFound(name);
      },
    },
  ];
}

export function isQualified(query: Query): boolean {
  return one(query['referenceFormat'])?.toLowerCase() === 'qualified';
}

/** `key=a&value=b&key=c&value=d`: pairs by their order. */
function wantedProperties(query: Query): Record<string, string> {
  const [keys, values] = [query['key'] ?? [], query['value'] ?? []].map((list) => [list].flat());
  return Object.fromEntries(keys!.map((key, index) => [key, values![index] ?? '']));
}
