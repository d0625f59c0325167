import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Body, Controller, Get, Inject, Injectable, Module, Param, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlState } from '#control';
import { WaslError } from '#protocol';
import { AccessModule } from './access/access-module.js';
import { Public, Roles } from './access/caller.js';
import { bootService, type RunningService } from './boot.js';
import { createLogger } from './logger.js';

@Injectable()
class Greeting {
  of(name: string): string {
    return `salam ${name}`;
  }
}

@Controller('v1')
class TinyController {
  constructor(@Inject(Greeting) private readonly greeting: Greeting) {}

  @Public()
  @Get('greetings/:name')
  greet(@Param('name') name: string) {
    return { text: this.greeting.of(name) };
  }
  @Public()
  @Post('echo')
  echo(@Body() body: unknown) {
    return body;
  }
  @Public()
  @Get('broken')
  broken(): never {
    throw Object.assign(new Error('password=hunter2'), { detail: 'Key (nin)=(987654) already exists' });
  }
  @Public()
  @Get('compatible/:id')
  compatible(): never {
    throw new WaslError('not-found', 'no such subject');
  }
  @Get('guarded')
  guarded() {
    return {};
  }
  @Roles('steward')
  @Get('stewards')
  stewards() {
    return {};
  }
}

@Module({ controllers: [TinyController], providers: [Greeting] })
class TinyModule {}

const state = { healthy: true, closed: 0 };
const lines: string[] = [];
let service: RunningService;

beforeAll(async () => {
  service = await boot(true);
});
afterAll(() => service.close());

describe('bootService', () => {
  it('serves controllers, with trace id and safe headers', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await call('/v1/greetings/amine', {
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ text: 'salam amine' });
    expect(response.headers.get('x-request-id')).toBe(traceId);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('server')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
    const malformed = await call('/v1/greetings/amine', {
      headers: { traceparent: `00-${'0'.repeat(32)}-x-01` },
    });
    expect(malformed.headers.get('x-request-id')).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  });

  it('sends a body back, twice the same', async () => {
    const body = JSON.stringify({ a: [1, 'ب'] });
    for (let i = 0; i < 2; i++) expect((await post('/v1/echo', body)).body).toEqual({ a: [1, 'ب'] });
  });

  it.each([
    ['unknown path', '/nowhere', {}, 404, 'not-found'],
    ['unknown method', '/v1/echo', { method: 'PATCH' }, 404, 'not-found'],
    ['bad escape', '/v1/greetings/%zz', {}, 400, 'malformed-request'],
    ['bad JSON', '/v1/echo', json('{"a":'), 400, 'malformed-body'],
    ['prototype poisoning', '/v1/echo', json('{"__proto__":{"x":1}}'), 400, 'malformed-body'],
    ['empty body', '/v1/echo', json(''), 400, 'malformed-body'],
    ['too large', '/v1/echo', json(`"${'x'.repeat(2000)}"`), 413, 'body-too-large'],
    [
      'other type',
      '/v1/echo',
      { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported-media-type',
    ],
    ['form', '/v1/echo', { method: 'POST', body: new URLSearchParams('a=1') }, 415, 'unsupported-media-type'],
    ['defect', '/v1/broken', {}, 500, 'internal'],
    ['no token', '/v1/guarded', {}, 401, 'not-authenticated'],
    ['no token for a role', '/v1/stewards', {}, 401, 'not-authenticated'],
    ['bad token', '/v1/guarded', { headers: { authorization: 'Bearer x' } }, 503, 'unavailable'],
    ['raw route', '/raw/broken', {}, 409, 'conflict'],
  ])('answers %s as problem+json', async (_, path, init: RequestInit, status, code) => {
    const response = await call(path, { ...init, headers: { 'accept-language': 'ar', ...init.headers } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('content-language')).toBe('ar');
    expect(response.body).toMatchObject({ status, code, type: `/docs/errors.md#${code}` });
    expect(response.body.title).toBe(response.body.texts.ar);
    expect(response.body.trace).toBe(response.headers.get('x-request-id'));
    expect(JSON.stringify(response.body)).not.toMatch(/hunter2|zz|__proto__/);
  });

  it('keeps the shape of a compatible route, and gives a raw route its buffer', async () => {
    const response = await call('/v1/compatible/7');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/vnd.schemaregistry.v1+json');
    expect(response.body).toEqual({ error_code: 40401, message: 'no such subject' });
    const raw = await fetch(`${service.url}/raw/echo`, {
      method: 'POST',
      body: ' {"a" :1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await raw.text()).toBe('buffer:  {"a" :1}');
  });

  it('is alive always and ready when its checks pass, naming those that fail', async () => {
    expect((await call('/health/live')).body).toEqual({ status: 'alive' });
    expect((await call('/health/ready')).status).toBe(200);
    state.healthy = false;
    const response = await call('/health/ready');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(response.body).toMatchObject({ code: 'unavailable', detail: 'not ready: thing, slow thing' });
    expect(response.body.checks).toMatchObject([
      { name: 'fine', ok: true },
      { name: 'thing', ok: false },
      { name: 'slow thing', ok: false },
    ]);
    expect(JSON.stringify(response.body)).not.toContain('10.0.0.7');
    expect((await call('/health/live')).status).toBe(200);
    state.healthy = true;
  });

  it('measures by route pattern', async () => {
    await call('/v1/greetings/someone');
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toMatch(
      /http_request_duration_seconds_count\{service="tiny",method="GET",route="\/v1\/greetings\/:name",status="200"\} \d/,
    );
    expect(text).toContain('route="unknown",status="404"');
    expect(text).not.toContain('someone');
  });

  it('serves its OpenAPI document, a page of it that needs no inline script, and the error catalogue', async () => {
    expect((await call('/openapi.json')).body).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Tiny & <safe>' },
    });
    const page = await fetch(`${service.url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).toContain('<title>Tiny &#38; &#60;safe&#62;</title>');
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link as string);
    expect(links).toHaveLength(4);
    for (const link of links) expect((await fetch(service.url + link)).status).toBe(200);
    expect(html).not.toMatch(/<script>/);
    expect(await (await fetch(`${service.url}/docs/errors.md`)).text()).toContain('## not-found');
  });

  it('logs route patterns and the defect, but no value of a request', async () => {
    await call('/v1/greetings/citizen-4711?nin=123456789', {
      headers: { authorization: 'Bearer abc.def.ghi' },
    });
    await call('/v1/broken');
    const log = lines.join('');
    expect(log).toContain('"route":"/v1/greetings/:name"');
    expect(log).toContain('hunter2');
    expect(log).not.toMatch(/citizen-4711|123456789|987654|abc\.def\.ghi/);
  });

  // How long it takes is measured: again, where the machine was busy with something else.
  it('finishes requests in flight before it closes, and closes once', { retry: 2 }, async () => {
    const own = await boot(false);
    const slow = fetch(`${own.url}/raw/slow`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closedBefore = state.closed;
    const start = performance.now();
    await Promise.all([own.close(), own.close()]);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(await (await slow).text()).toBe('done');
    expect(state.closed).toBe(closedBefore + 1);
    await expect(fetch(`${own.url}/health/live`)).rejects.toThrow();
  });

  it('opens public routes alone where no access is set up', async () => {
    const own = await boot(false);
    expect((await fetch(`${own.url}/v1/greetings/x`)).status).toBe(200);
    expect((await fetch(`${own.url}/v1/guarded`)).status).toBe(403);
    await own.close();
  });

  it('fails to start on a port in use, and releases what it holds', async () => {
    const closedBefore = state.closed;
    await expect(boot(false, Number(new URL(service.url).port))).rejects.toThrow(/EADDRINUSE/);
    expect(state.closed).toBe(closedBefore + 1);
  });
});

function boot(guarded: boolean, port = 0): Promise<RunningService> {
  const openapi = join(mkdtempSync(join(tmpdir(), 'tiny-')), 'openapi.yaml');
  writeFileSync(openapi, 'openapi: 3.1.0\ninfo: { title: "Tiny & <safe>", version: "1" }\npaths: {}\n');
  const sink = new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) });
  const access = AccessModule.forRoot({
    view: new ControlState(),
    issuer: 'https://d.example',
    audience: 'urn:wasl:dz:bus',
  });
  return bootService({
    name: 'tiny',
    module: { module: TinyModule, imports: guarded ? [access] : [] },
    host: '127.0.0.1',
    port,
    openapi,
    logger: createLogger('tiny', 'debug', sink),
    bodyLimit: 1024,
    health: [
      { name: 'fine', check: () => undefined },
      {
        name: 'thing',
        check: () => {
          if (!state.healthy) throw new Error('connect ECONNREFUSED 10.0.0.7');
        },
      },
      {
        name: 'slow thing',
        check: () => (state.healthy ? undefined : new Promise(() => undefined)),
        timeoutMs: 20,
      },
    ],
    mapError: (error, request) =>
      error instanceof WaslError && request.routeOptions.url === '/v1/compatible/:id'
        ? {
            status: 404,
            body: { error_code: 40401, message: error.detail },
            contentType: 'application/vnd.schemaregistry.v1+json',
          }
        : undefined,
    configure: async (fastify, app) => {
      expect(app.get(Greeting).of('x')).toBe('salam x');
      fastify.get('/raw/broken', () => Promise.reject(new WaslError('conflict', 'state')));
      fastify.get('/raw/slow', () => new Promise((resolve) => setTimeout(() => resolve('done'), 300)));
      await fastify.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) =>
          done(null, body),
        );
        scope.post('/raw/echo', (request) => `buffer: ${(request.body as Buffer).toString()}`);
      });
    },
    onClose: async () => void state.closed++,
  });
}

function json(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } };
}

async function post(path: string, body: string) {
  return call(path, json(body));
}

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(service.url + path, init);
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the body of a response under test
  const body: any = await response.json();
  return { status: response.status, headers: response.headers, body };
}
