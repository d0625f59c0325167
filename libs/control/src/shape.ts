/** Reads one member of a JSON object; throws an Error whose message says what was expected. */
export type Reader<T> = (value: unknown) => T;

export class ShapeError extends Error {}

function reader<T>(expected: string, accepts: (value: unknown) => value is T): Reader<T> {
  return (value) => {
    if (!accepts(value)) throw new ShapeError(`expected ${expected}`);
    return value;
  };
}

/** An RFC 3339 instant in UTC. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

export const string = reader(
  'a non-empty string',
  (value): value is string => typeof value === 'string' && value !== '',
);
export const boolean = reader('a boolean', (value): value is boolean => typeof value === 'boolean');
export const count = reader(
  'a positive integer',
  (value): value is number => Number.isSafeInteger(value) && (value as number) > 0,
);
export const urn = reader(
  'a URN',
  (value): value is string => typeof value === 'string' && /^urn:wasl:[a-z0-9:-]{1,240}$/.test(value),
);
export const instant = reader(
  'an RFC 3339 UTC time',
  (value): value is string =>
    typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
);
export const jsonObject = reader(
  'an object',
  (value): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
);

export function oneOf<const T extends string>(...values: T[]): Reader<T> {
  return reader(`one of ${values.join(', ')}`, (value): value is T =>
    values.some((candidate) => candidate === value),
  );
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** For a member that may be absent. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

export function arrayOf<T>(read: Reader<T>): Reader<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError('expected an array');
    return value.map(read);
  };
}

/**
 * Reads the named members. Members that are not named are dropped and not refused: in a rolling
 * upgrade a newer service may already publish them.
 */
export function object<T extends object>(readers: { [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const entries = Object.entries(readers) as [keyof T & string, Reader<T[keyof T]>][];
  return (value) => {
    const source = jsonObject(value);
    const result: Partial<T> = {};
    for (const [name, read] of entries) {
      try {
        const member = read(Object.hasOwn(source, name) ? source[name] : undefined);
        if (member !== undefined) result[name] = member as T[typeof name];
      } catch (error) {
        if (error instanceof ShapeError) throw new ShapeError(`${name}: ${error.message}`);
        throw error;
      }
    }
    return result as T;
  };
}
