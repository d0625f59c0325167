/** Base of a document without `$id`; nothing is ever fetched from it. */
export const NO_BASE = 'wasl:/';

/** RFC 3986 §5: an absolute URI, or the reference itself where its base is no base (a URN for a relative path). */
export function resolveUri(reference: string, base: string): string {
  if (reference === '' || reference.startsWith('#')) return base + reference;
  return URL.canParse(reference, base) ? new URL(reference, base).href : reference;
}

export function splitUri(uri: string): [resource: string, fragment: string] {
  const hash = uri.indexOf('#');
  return hash < 0 ? [uri, ''] : [uri.slice(0, hash), uri.slice(hash + 1)];
}

/** A fragment as a JSON pointer (RFC 6901 §6); one that is not well encoded stays as it is. */
export function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** The fragment that says a JSON pointer (RFC 6901 §6). */
export function encodeFragment(pointer: string): string {
  return pointer
    .split('/')
    .map((token) => encodeURIComponent(token).replaceAll('%24', '$'))
    .join('/');
}
