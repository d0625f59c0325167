import { afterAll, beforeAll, expect } from 'vitest';
import { type SpecRegistry, specRegistry } from '../clients/spec-registry.js';

// What came over the wire: each test says by its expectations what it takes it for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

const TYPE = 'application/vnd.schemaregistry.v1+json';

/** A registry from the outside, as any client of Confluent's API sees it. */
class SpecApi {
  url = '';

  /** @param request method and path, `GET /subjects` */
  async call(request: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const [method = '', path = ''] = request.split(/ (.*)/s);
    const response = await fetch(this.url + path, {
      method,
      // Sent whether or not there is a body, as the clients do.
      headers: { 'content-type': TYPE, 'confluent-accept-unknown-properties': 'true', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : read(text) };
  }

  /** The body of an answer that must be 200. */
  async ok(request: string, body?: unknown): Promise<Json> {
    const answer = await this.call(request, body);
    expect(answer.status, `${request}: ${JSON.stringify(answer.body)}`).toBe(200);
    return answer.body;
  }

  /** Status, code and text of an answer that must be an error in Confluent's shape. */
  async refused(request: string, body?: unknown): Promise<[status: number, code: number, message: string]> {
    const { status, body: answer } = await this.call(request, body);
    expect(status, `${request}: ${JSON.stringify(answer)}`).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer as object).sort(), request).toEqual(['error_code', 'message']);
    return [status, answer.error_code, answer.message];
  }

  /** @returns the id */
  async register(subject: string, schema: unknown, more: object = {}): Promise<number> {
    const body = { ...json(schema), ...more };
    return (await this.ok(`POST /subjects/${encodeURIComponent(subject)}/versions`, body)).id;
  }
}

/** A registry for the tests of the file that calls this. */
export function specApi(): SpecApi {
  const api = new SpecApi();
  let registry: SpecRegistry | undefined;
  beforeAll(async () => {
    registry = await specRegistry();
    api.url = registry.url;
  });
  afterAll(() => registry?.stop());
  return api;
}

function read(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const json = (schema: unknown) => ({
  schemaType: 'JSON',
  schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
});

/** A closed object; each further optional field keeps it compatible (BACKWARD) with what was before. */
export const closed = (properties: Record<string, string>, required: string[] = []) => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
});

const A = { a: 'string' };
/** Four versions, each compatible with the one before; `CHANGED` with none. */
export const V1 = closed(A);
export const V2 = closed({ ...A, b: 'string' });
export const V3 = closed({ ...A, b: 'string', c: 'string' });
export const CHANGED = closed({ a: 'integer' });
