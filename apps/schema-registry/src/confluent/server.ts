import type { RegistryAccess } from '../access/registry-access.js';
import type { ContextService } from '../schemas/context.service.js';
import { contextName } from '../schemas/qualified-subject.js';
import type { SchemaStore } from '../schemas/schema-store.js';
import { ConfluentError } from './confluent-error.js';
import { one, parsePage } from './requests.js';
import type { Route } from './route.js';

/** Release of the API whose behaviour this registry has. */
const API_RELEASE = '8.1.0';

export interface ServerServices {
  access: RegistryAccess;
  store: SchemaStore;
  contexts: ContextService;
  /** identifies this installation: its bus */
  clusterId: string;
  /** of Wasl */
  version: string;
}

/** The registry itself: probes, contexts, what it is. */
export function serverRoutes({ access, store, contexts, clusterId, version }: ServerServices): Route[] {
  const banner = () => access.banner;
  return [
    { method: 'GET', path: '/', right: 'anyone', handle: banner },
    { method: 'POST', path: '/', right: 'anyone', status: 200, handle: banner },
    {
      method: 'GET',
      path: '/contexts',
      right: 'read',
      handle: ({ query }) => store.contexts(one(query['contextPrefix']) ?? '', parsePage(query)),
    },
    {
      method: 'DELETE',
      path: '/contexts/:context',
      right: 'admin',
      status: 204,
      handle: async ({ params, caller, at }) => {
        const name = contextName(params['context']!);
        if (name === undefined) throw new ConfluentError(404, 404, 'HTTP 404 Not Found');
        await contexts.delete(name, { by: caller.system, at });
      },
    },
    {
      method: 'GET',
      path: '/v1/metadata/id',
      right: 'anyone',
      handle: () => ({ scope: { path: [], clusters: { 'schema-registry-cluster': clusterId } }, id: '' }),
    },
    {
      method: 'GET',
      path: '/v1/metadata/version',
      right: 'anyone',
      handle: () => ({ version: API_RELEASE, commitId: `wasl-${version}` }),
    },
    { method: 'GET', path: '/v1/metadata/deployment', right: 'anyone', handle: () => ({ attributes: [] }) },
    { method: 'GET', path: '/exporters', right: 'anyone', handle: () => [] },
  ];
}
