import { ConfluentError } from '../confluent/confluent-error.js';

const RESERVED = '$$';

/**
 * What `validateFields` asks of a schema: no property of its root may have a reserved name.
 * @throws ConfluentError 42201
 */
export function assertFieldNames(text: string): void {
  const schema: unknown = JSON.parse(text);
  const properties =
    typeof schema === 'object' && schema !== null && 'properties' in schema && schema.properties;
  if (typeof properties !== 'object' || properties === null) return;
  const reserved = Object.keys(properties).find((name) => name.startsWith(RESERVED));
  if (reserved !== undefined)
    throw ConfluentError.invalidSchema(
      `field names that begin with ${RESERVED} are reserved, as ${reserved} does`,
    );
}
