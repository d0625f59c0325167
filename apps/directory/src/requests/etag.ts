import { WaslError } from '#protocol';

export function etag(version: number): string {
  return `"${version}"`;
}

/**
 * Optimistic concurrency: `If-Match` must name the version that the caller saw (RFC 9110 §13.1.1).
 * @throws WaslError `precondition-required` (none given though `required`), `precondition-failed` (another version)
 */
export function checkIfMatch(header: string | undefined, version: number, required = false): void {
  if (header === undefined) {
    if (!required) return;
    throw new WaslError('precondition-required', 'say with If-Match which version you change: its ETag');
  }
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etag(version))) return;
  throw new WaslError('precondition-failed', 'somebody changed this in the meantime: read it again');
}
