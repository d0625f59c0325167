import type { Served } from './bench-servers.js';
import type { RegistryClient } from './registry-client.js';
import { distinctSubject, type RegistryOrder } from './registry-material.js';

/** One row of the table: what is sent where, and what it is compared with. */
export interface Case {
  name: string;
  server: Served;
  /** Row that this one is a share of. */
  bare: string;
  /** Requests of the first round, whose speed sizes the next. */
  warmUp: number;
  /** Each request adds a schema to the registry. */
  adds?: boolean;
  order: (requests: number, from: number) => RegistryOrder;
}

/** Subjects that look-ups and repeated registrations go to. */
export const KNOWN = 1_000;
export const BARE_LOOK_UP = 'bare Fastify, look-up';
export const BARE_REGISTRATION = 'bare Fastify, registration';
const CONNECTIONS = 64;
const CHECKS = [
  { bytes: 1_000, connections: 64, warmUp: 500 },
  { bytes: 10_000, connections: 16, warmUp: 100 },
  { bytes: 100_000, connections: 8, warmUp: 20 },
];

export async function registryCases(registry: Served, bare: Served, client: RegistryClient): Promise<Case[]> {
  const known = await client.identities(KNOWN);
  const get = (name: string, paths: string[], server = registry): Case => ({
    ...{ name, server, bare: BARE_LOOK_UP, warmUp: 10_000 },
    order: (requests) => ({ what: 'get', paths, requests, port: server.port, connections: CONNECTIONS }),
  });
  const register = (name: string, server = registry): Case => ({
    ...{ name, server, bare: BARE_REGISTRATION, warmUp: 2_000 },
    order: (requests, from) => ({
      ...{ what: 'distinct', from: KNOWN + from, requests },
      ...{ port: server.port, connections: CONNECTIONS },
    }),
  });
  const byId = known.map(({ id }) => `/schemas/ids/${id}`);
  const target = { port: registry.port, connections: CONNECTIONS };
  const cases = [
    get(BARE_LOOK_UP, byId, bare),
    get('look-up by id', byId),
    get(
      'look-up by GUID',
      known.map(({ guid }) => `/schemas/guids/${guid}`),
    ),
    get(
      'latest version of a subject',
      known.map((_, n) => `/subjects/${distinctSubject(n)}/versions/latest`),
    ),
    register(BARE_REGISTRATION, bare),
    { ...register('registration, each schema and subject new'), adds: true },
    {
      ...{ name: 'registration, new versions of one subject', server: registry },
      ...{ bare: BARE_REGISTRATION, warmUp: 200, adds: true },
      // Enough to keep it busy: they wait for each other whatever their number.
      order: (requests: number, from: number): RegistryOrder => ({
        ...{ what: 'versions', subject: `bench-versions-${from}-value`, from: 10_000_000 + from },
        ...{ requests, ...target, connections: 16 },
      }),
    },
    {
      ...{ name: 'registration repeated', server: registry, bare: BARE_REGISTRATION, warmUp: 5_000 },
      order: (requests: number): RegistryOrder => ({ what: 'repeated', count: KNOWN, requests, ...target }),
    },
  ];
  for (const { bytes, connections, warmUp } of CHECKS) {
    if (!(await client.prepareCheck(bytes))) continue;
    cases.push({
      ...{ name: `compatibility check, ${bytes / 1_000} KB`, server: registry },
      ...{ bare: BARE_REGISTRATION, warmUp },
      order: (requests, from) => ({ what: 'check', bytes, from: 1 + from, requests, ...target, connections }),
    });
  }
  return cases;
}
