import type { RegistryCaller } from '../access/registry-access.js';
import {
  list,
  object,
  parseAssociationType,
  parseLifecycle,
  parseResource,
  parseResourceType,
  PropertyError,
} from '../associations/association-request.js';
import type { AssociationFilter } from '../associations/association-store.js';
import { WaslError } from '#protocol';
import {
  type AssociationCalls,
  infoAnswer,
  refusingAssociation,
  refusingProperty,
  resourceAnswer,
} from './association-calls.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, parsePage } from './requests.js';
import type { Call, Route } from './route.js';

/** Most requests of one batch. */
const MOST_REQUESTS = 100;

/** Several requests in one; each has a result or an error of its own. */
export function associationBatchRoutes(calls: AssociationCalls): Route[] {
  return [
    {
      method: 'POST',
      // Fastify writes a colon that is no parameter twice.
      path: '/associations::batchGet',
      right: 'list',
      status: 207,
      handle: async ({ body, caller }) => each(body, (item) => get(calls, item, caller)),
    },
    {
      method: 'POST',
      path: '/associations::batchMutate',
      right: 'anyone',
      status: 207,
      handle: async (call) => {
        const caller = await calls.authenticated(call);
        return each(call.body, (item) => mutate(calls, call, caller, item));
      },
    },
  ];
}

/** @throws ConfluentError 42212, 42213 */
async function each(
  body: unknown,
  work: (item: Record<string, unknown>) => Promise<object>,
): Promise<object> {
  const requests = refusingProperty(() => list(object(body, 'request')['requests'], 'requests'));
  if (requests.length > MOST_REQUESTS) throw ConfluentError.batchLimitExceeded();
  const results: object[] = [];
  for (const request of requests) {
    try {
      results.push({ result: await refusingAssociation(() => work(object(request, 'requests'))) });
    } catch (error) {
      results.push({ error: errorAnswer(error) });
    }
  }
  return { results };
}

/** What is no refusal of this one request fails the batch. */
function errorAnswer(error: unknown): object {
  if (error instanceof ConfluentError) return { error_code: error.errorCode, message: error.message };
  if (error instanceof WaslError && error.code === 'not-allowed')
    return { error_code: 40301, message: error.detail };
  throw error;
}

async function get(
  calls: AssociationCalls,
  request: Record<string, unknown>,
  caller: RegistryCaller,
): Promise<object> {
  const types = request['associationTypes'] ?? [];
  if (!Array.isArray(types)) throw new PropertyError('associationTypes', 'must be an array');
  const filter = everything({ types: types.slice(0, 3).map(parseAssociationType) });
  filter.lifecycle = parseLifecycle(request['lifecycle']);
  filter.resourceType = parseResourceType(request['resourceType']);
  const id = request['resourceId'];
  const isById = typeof id === 'string' && id !== '';
  const resource = isById ? undefined : parseResource(request, { dryRun: true });
  const found = calls.readable(
    await (resource
      ? calls.store.ofResourceName(resource, filter)
      : calls.store.ofResourceId(id as string, filter)),
    caller,
  );
  const first = found[0]?.resource ?? resource;
  return { ...(first ? resourceAnswer(first) : { resourceId: id }), associations: found.map(infoAnswer) };
}

/** Operations of one request, in order; the first that is refused ends it, what was before stays. */
async function mutate(
  calls: AssociationCalls,
  call: Call,
  caller: RegistryCaller,
  request: Record<string, unknown>,
): Promise<object> {
  const dryRun = isTrue(call.query['dryRun']);
  const resource = parseResource(request, { dryRun });
  const done: object[] = [];
  for (const item of list(request['associations'], 'associations').slice(0, MOST_REQUESTS)) {
    const operation = object(item, 'associations');
    const kind = operation['opType'];
    if (kind === 'CREATE' || kind === 'UPSERT') {
      const body = { ...request, associations: [operation] };
      const { associations = [] } = (await calls.put(call, caller, body, kind === 'CREATE')) as {
        associations?: object[];
      };
      done.push(...associations);
    } else if (kind === 'DELETE') {
      const filter = everything({ types: [parseAssociationType(operation['associationType'])] });
      const cascade = operation['cascadeLifecycle'] === true;
      await calls.delete(call, caller, { resourceId: resource.id ?? '', filter, cascade });
    } else {
      throw new PropertyError('opType', 'must be CREATE, UPSERT or DELETE');
    }
  }
  return { ...resourceAnswer(resource), ...(dryRun ? {} : { associations: done }) };
}

function everything({ types }: { types: string[] }): AssociationFilter {
  return { resourceType: parseResourceType(undefined), types, lifecycle: undefined, page: parsePage({}) };
}
