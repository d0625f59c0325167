import { isTrue } from './requests.js';
import { type AssociationCalls, associationAnswer, filterOf } from './association-calls.js';
import { ConfluentError } from './confluent-error.js';
import type { Route } from './route.js';

/**
 * Which subjects are of which topics. Clients ask before they write or read the first message of a topic; no
 * answer, `[]`, makes them take the subject's name from the topic.
 */
export function associationRoutes(calls: AssociationCalls): Route[] {
  return [
    {
      method: 'GET',
      path: '/associations/subjects/:subject',
      right: 'read',
      follows: true,
      handle: async ({ subject, query }) =>
        (await calls.store.ofSubject(subject, filterOf(query))).map(associationAnswer),
    },
    {
      method: 'GET',
      path: '/associations/resources/:resourceId',
      right: 'list',
      handle: async ({ params, query, caller }) => {
        const found = await calls.store.ofResourceId(params['resourceId']!, filterOf(query));
        return calls.readable(found, caller).map(associationAnswer);
      },
    },
    {
      method: 'GET',
      path: '/associations/resources/:resourceNamespace/:resourceName',
      right: 'list',
      handle: async ({ params, query, caller }) => {
        const resource = { name: params['resourceName']!, namespace: params['resourceNamespace']! };
        const found = await calls.store.ofResourceName(resource, filterOf(query));
        return calls.readable(found, caller).map(associationAnswer);
      },
    },
    {
      method: 'POST',
      path: '/associations',
      right: 'anyone',
      status: 200,
      handle: async (call) => calls.put(call, await calls.authenticated(call), call.body, true),
    },
    {
      method: 'PUT',
      path: '/associations',
      right: 'anyone',
      handle: async (call) => calls.put(call, await calls.authenticated(call), call.body, false),
    },
    {
      method: 'PUT',
      path: '/associations/resources/:resourceId',
      right: 'anyone',
      handle: async (call) => {
        const caller = await calls.authenticated(call);
        return calls.put(call, caller, withId(call.body, call.params['resourceId']!), false);
      },
    },
    {
      method: 'DELETE',
      path: '/associations/resources/:resourceId',
      right: 'anyone',
      status: 204,
      handle: async (call) => {
        const caller = await calls.authenticated(call);
        const cascade = isTrue(call.query['cascadeLifecycle']);
        const filter = filterOf(call.query);
        await calls.delete(call, caller, { resourceId: call.params['resourceId']!, filter, cascade });
      },
    },
  ];
}

/** The id of the path stands in for that of the body, and must not contradict it. */
function withId(body: unknown, resourceId: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const given = (body as Record<string, unknown>)['resourceId'] ?? resourceId;
  if (given !== resourceId)
    throw ConfluentError.invalidAssociation(
      'resourceId',
      'Resource ID in the path parameter does not match the resource ID in the request body',
    );
  return { ...body, resourceId };
}
