/** A value and the way to it; a pointer is made of it only once it is asked for. */
interface Place {
  value: unknown;
  key: string;
  parent: Place | undefined;
}

/**
 * The first text of a JSON value with U+0000, which PostgreSQL keeps neither as `text` nor as `jsonb`. Names of members
 * count as well. Nesting may be as deep as a body is long.
 * @returns its JSON Pointer (RFC 6901), of a name that of its member; undefined if there is none
 */
export function pointerToNul(root: unknown): string | undefined {
  const open: Place[] = [{ value: root, key: '', parent: undefined }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value, key } = place;
    if (key.includes('\0') || (typeof value === 'string' && value.includes('\0'))) return pointerOf(place);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value).reverse())
      open.push({ value: child, key: name, parent: place });
  }
  return undefined;
}

function pointerOf(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at.parent; at = at.parent) keys.push(at.key);
  return keys
    .reverse()
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
