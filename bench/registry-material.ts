import type { Load } from './http-load.js';

/** What the load generator sends; `from` counts on, so that each round brings schemas not seen before. */
export type RegistryOrder = Load &
  (
    | { what: 'get'; paths: string[] }
    /** A schema and a subject of its own for each request. */
    | { what: 'distinct'; from: number }
    /** A schema of its own for each request, all in one subject. */
    | { what: 'versions'; subject: string; from: number }
    /** The first `count` of `distinct` again and again. */
    | { what: 'repeated'; count: number }
    /** A compatible successor of `checkedSchema(bytes, 0)`, another one for each request. */
    | { what: 'check'; bytes: number; from: number }
  );

const TYPE = 'application/vnd.schemaregistry.v1+json';
/** Of requests that stand ready, at most; what goes beyond is sent again. */
const READY_BYTES = 96 << 20;

export const distinctSubject = (n: number) => `bench-${n}-value`;
export const checkedSubject = (bytes: number) => `bench-check-${bytes}-value`;

/** A closed record of a registry, compact, of about the bytes given. */
export function schema(bytes: number, mark: string): string {
  const properties: Record<string, object> = {};
  const text = () =>
    JSON.stringify({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Extract of a civil-status register',
      description: mark,
      type: 'object',
      additionalProperties: false,
      properties,
    });
  for (let size = text().length, n = 0; size < bytes - 60; n++) {
    const group = `part${Math.floor(n / 20)}`;
    const holder = (properties[group] ??= { type: 'object', additionalProperties: false, properties: {} });
    const member = { type: 'string', title: `Field number ${n} of the extract`, maxLength: 40 + (n % 60) };
    (holder as { properties: Record<string, object> }).properties[`field${n}`] = member;
    size += JSON.stringify(member).length + 12 + (n % 20 === 0 ? 75 : 0);
  }
  return text();
}

export const distinctSchema = (n: number) => schema(1_000, `schema number ${n}`);
export const checkedSchema = (bytes: number, n: number) => schema(bytes, `candidate number ${n}`);

export const body = (text: string) => JSON.stringify({ schemaType: 'JSON', schema: text });

/** The requests of an order as bytes; the n-th to be sent is the n-th modulo their number. */
export function requests(order: RegistryOrder, authorization: string | undefined): Buffer[] {
  const head = `host: 127.0.0.1\r\n${authorization ? `authorization: ${authorization}\r\n` : ''}`;
  const get = (path: string) => Buffer.from(`GET ${path} HTTP/1.1\r\n${head}\r\n`, 'latin1');
  const post = (path: string, text: string) => {
    const content = body(text);
    const length = `content-type: ${TYPE}\r\ncontent-length: ${Buffer.byteLength(content)}\r\n`;
    return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}${length}\r\n${content}`);
  };
  const times = (count: number, make: (n: number) => Buffer) =>
    Array.from({ length: count }, (_, n) => make(n));
  const distinct = (n: number) => post(`/subjects/${distinctSubject(n)}/versions`, distinctSchema(n));
  switch (order.what) {
    case 'get':
      return order.paths.map(get);
    case 'distinct':
      return times(order.requests, (n) => distinct(order.from + n));
    case 'repeated':
      return times(order.count, distinct);
    case 'versions':
      return times(order.requests, (n) =>
        post(`/subjects/${order.subject}/versions`, distinctSchema(order.from + n)),
      );
    case 'check': {
      const path = `/compatibility/subjects/${checkedSubject(order.bytes)}/versions/latest`;
      const ready = Math.min(order.requests, Math.ceil(READY_BYTES / order.bytes));
      return times(ready, (n) => post(path, checkedSchema(order.bytes, order.from + n)));
    }
  }
}
