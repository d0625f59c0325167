/** Segments of an RFC 6901 pointer, unescaped. */
export function pointerSegments(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a path, own members only; undefined where a step is missing. */
export function valueAt(document: unknown, segments: readonly string[]): unknown {
  let value = document;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

/** Sets a value, making the objects on the way; never reaches a prototype. */
export function placeAt(
  document: Record<string, unknown>,
  segments: readonly string[],
  value: unknown,
): void {
  let target = document;
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (!last && Object.hasOwn(target, segment)) {
      target = target[segment] as Record<string, unknown>;
      return;
    }
    const placed: unknown = last ? value : {};
    Object.defineProperty(target, segment, {
      value: placed,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    if (!last) target = placed as Record<string, unknown>;
  });
}
