import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { anonymous, type RegistryAccess, type RegistryCaller } from '../access/registry-access.js';
import { READER_RIGHTS, type RegistryAction } from '../access/rights.js';
import type { SchemaReference } from '../schemas/content.js';
import {
  parseSubject,
  qualifiedName,
  type QualifiedSubject,
  withinContext,
} from '../schemas/qualified-subject.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, type Query } from './requests.js';

/** One request to a route. */
export interface Call {
  params: Record<string, string>;
  query: Query;
  body: unknown;
  request: FastifyRequest;
  reply: FastifyReply;
  /** the subject of the path, aliases followed; empty where the path has none */
  subject: QualifiedSubject;
  /** its qualified name */
  name: string;
  caller: RegistryCaller;
  at: Date;
}

/** A route of the Confluent API: what it is, who may call it, what it does. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** `list`: of what a caller may read, the route itself leaves the rest out */
  right: RegistryAction | 'list' | 'anyone';
  /** whether `:subject` is taken as an alias; settings are of the alias itself */
  follows?: boolean;
  status?: number;
  handle: (call: Call) => unknown;
  /** What is in memory, in bytes, for anyone; anything else is left to `handle`. */
  known?: (request: FastifyRequest, reply: FastifyReply) => Buffer | undefined;
}

export interface Router {
  access: RegistryAccess;
  resolveAlias: (subject: QualifiedSubject) => Promise<QualifiedSubject>;
  now: () => Date;
}

/** Serves routes, and answers 405 for other methods on their paths. */
export function serve(fastify: FastifyInstance, router: Router, routes: readonly Route[]): void {
  for (const route of routes) {
    fastify.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const known = route.known?.(request, reply);
        return known === undefined ? answer(request, reply, route, router) : reply.send(known);
      },
    });
  }
  const methods: HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
  for (const path of new Set(routes.map((route) => route.path))) {
    const taken = routes.filter((route) => route.path === path).map(({ method }): HTTPMethods => method);
    fastify.route({
      method: methods.filter((method) => !taken.includes(method)),
      url: path,
      // Before a body is read, which may be wrong too.
      onRequest: (_request, _reply, done) => done(notAllowed()),
      handler: notAllowed,
    });
  }
}

const notAllowed = () => new ConfluentError(405, 405, 'HTTP 405 Method Not Allowed');

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  router: Router,
): Promise<unknown> {
  const answered = await route.handle(await admit(request, reply, route, router));
  if (route.status !== undefined) void reply.code(route.status);
  if (answered === undefined) return answered;
  const text = typeof answered === 'string' ? answered : JSON.stringify(answered);
  // As bytes: to a text a charset would be added, and clients compare the media type.
  return reply.send(Buffer.from(text));
}

async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  { right, follows = false }: Route,
  { access, resolveAlias, now }: Router,
): Promise<Call> {
  const params = request.params as Record<string, string>;
  const hasSubject = params['subject'] !== undefined;
  // No text of PostgreSQL holds a NUL, so nothing can have such a name, nor be found by one.
  if (params['subject']?.includes('\0')) throw ConfluentError.invalidSubject(params['subject']);
  const asked = request.url.indexOf('?');
  if (asked >= 0 && request.url.includes('%00', asked))
    throw new ConfluentError(400, 400, 'HTTP 400 Bad Request');
  let subject = parseSubject(params['subject'] ?? '');
  // An alias is followed before rights are looked at: what counts is the right to what it stands for.
  if (hasSubject && follows) subject = await resolveAlias(subject);
  const name = qualifiedName(subject);
  const need = {
    action: right === 'list' || right === 'anyone' ? ('read' as const) : right,
    ...(hasSubject ? { subject } : {}),
    ...(right === 'list' ? { filtered: true } : {}),
  };
  // It overrides what the registry guards, and is for whoever answers for all of it.
  if (need.action !== 'read' && isTrue((request.query as Query)['force']))
    await access.require(request, { action: 'admin' });
  const caller = right === 'anyone' ? ANYONE : await access.require(request, need);
  const { query, body } = request;
  return { params, query: query as Query, body, request, reply, subject, name, caller, at: now() };
}

const ANYONE = anonymous(READER_RIGHTS);

/** Whoever refers to a schema learns of it, so it takes the right to read that. @throws WaslError not-allowed */
export async function mayRefer(
  access: RegistryAccess,
  { request, subject }: Call,
  references: readonly SchemaReference[],
): Promise<void> {
  for (const reference of references) {
    const target = withinContext(subject.context, reference.subject);
    await access.require(request, { action: 'read', subject: target });
  }
}
