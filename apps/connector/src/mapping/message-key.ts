/**
 * The message key of a row: its key columns, joined by `|`; inside a part, `%` and `|` are percent-encoded, so
 * that two different keys never give one text.
 */
export function joinKey(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
}

/** The inverse; undefined when the text is no key of `count` parts. */
export function splitKey(key: string, count: number): string[] | undefined {
  const parts = key.split('|');
  if (parts.length !== count) return undefined;
  const plain = parts.map((part) => part.replaceAll('%7C', '|').replaceAll('%25', '%'));
  return joinKey(plain) === key ? plain : undefined;
}
