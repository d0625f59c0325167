import { WaslError } from '#protocol';

export function etag(revision: number): string {
  return `"${revision}"`;
}

/**
 * Optimistic concurrency: `If-Match`, if it is given, must name what is there now (RFC 9110 §13.1.1).
 * @param revision undefined when nothing is there
 * @throws WaslError `precondition-failed`
 */
export function checkIfMatch(header: string | undefined, revision: number | undefined): void {
  if (header === undefined) return;
  if (revision !== undefined && (header.trim() === '*' || tagsOf(header).includes(etag(revision)))) return;
  throw new WaslError('precondition-failed', 'somebody changed this in the meantime: read it again');
}

/**
 * As `checkIfMatch`, where whoever acts must have seen what is acted upon: neither nothing nor `*` is enough.
 * @throws WaslError `precondition-required`, `precondition-failed`
 */
export function requireIfMatch(header: string | undefined, revision: number | undefined): void {
  if (header === undefined || header.trim() === '*')
    throw new WaslError('precondition-required', 'say with If-Match which revision you mean: its ETag');
  checkIfMatch(header, revision);
}

/** The revisions that an `If-Match` names; none for `*`. */
export function revisionsIn(header: string | undefined): number[] {
  return tagsOf(header ?? '').flatMap((tag) => {
    const digits = /^"(\d{1,15})"$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

function tagsOf(header: string): string[] {
  return header
    .slice(0, 1_000)
    .split(',')
    .map((tag) => tag.trim());
}
