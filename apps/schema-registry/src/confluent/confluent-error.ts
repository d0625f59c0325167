import type { FastifyRequest } from 'fastify';
import type { ForeignError } from '#service';
import { toWaslError } from '#service';
import { DEFAULT_MEDIA_TYPE } from './media-types.js';
import { isOwnPath } from './paths.js';

/** An error as clients of the Confluent Schema Registry know it: its HTTP status, numeric code and text. */
export class ConfluentError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: number,
    message: string,
  ) {
    super(message);
    this.name = 'ConfluentError';
  }

  static subjectNotFound(subject: string): ConfluentError {
    return new ConfluentError(404, 40401, `Subject '${subject}' not found.`);
  }
  static versionNotFound(version: number): ConfluentError {
    return new ConfluentError(404, 40402, `Version ${version} not found.`);
  }
  static schemaNotFound(key?: number | string): ConfluentError {
    return new ConfluentError(404, 40403, key === undefined ? 'Schema not found' : `Schema ${key} not found`);
  }
  static subjectSoftDeleted(subject: string): ConfluentError {
    const text = `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`;
    return new ConfluentError(404, 40404, text);
  }
  static subjectNotSoftDeleted(subject: string): ConfluentError {
    const text = `Subject '${subject}' was not deleted first before being permanently deleted`;
    return new ConfluentError(404, 40405, text);
  }
  static versionSoftDeleted(subject: string, version: number | string): ConfluentError {
    const text = `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`;
    return new ConfluentError(404, 40406, text);
  }
  static versionNotSoftDeleted(subject: string, version: number): ConfluentError {
    const text = `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`;
    return new ConfluentError(404, 40407, text);
  }
  static configNotSet(subject: string): ConfluentError {
    const text = `Subject '${subject}' does not have subject-level compatibility configured`;
    return new ConfluentError(404, 40408, text);
  }
  static modeNotSet(subject: string): ConfluentError {
    return new ConfluentError(404, 40409, `Subject '${subject}' does not have subject-level mode configured`);
  }
  static associationNotFound(resource: string): ConfluentError {
    return new ConfluentError(404, 40410, `Association for '${resource}' not found.`);
  }
  static tooManyAssociations(most: number): ConfluentError {
    return new ConfluentError(409, 40902, `A maximum of ${most} associations already exist`);
  }
  static associationOfResource(type: string, resource: string): ConfluentError {
    const text = `An association of type '${type}' already exists for resource '${resource}'`;
    return new ConfluentError(409, 40903, text);
  }
  static associationOfSubject(subject: string): ConfluentError {
    return new ConfluentError(409, 40904, `An association already exists for subject '${subject}'`);
  }
  static strongAssociationOfSubject(subject: string): ConfluentError {
    return new ConfluentError(409, 40905, `A strong association already exists for subject '${subject}'`);
  }
  static noActiveVersion(subject: string): ConfluentError {
    const text = `No active (non-deleted) version exists for subject '${subject}'`;
    return new ConfluentError(409, 40907, text);
  }
  static associationFrozen(type: string, subject: string): ConfluentError {
    const text = `The association of type  '${type}' is frozen for subject '${subject}'`;
    return new ConfluentError(409, 40908, text);
  }
  static invalidAssociation(property: string, reason: string): ConfluentError {
    const text = `The association specified an invalid value for property: '${property}', reason: ${reason}`;
    return new ConfluentError(422, 42212, text);
  }
  static batchLimitExceeded(): ConfluentError {
    const text = 'Associations batchMutate request exceeded a configured limit';
    return new ConfluentError(422, 42213, text);
  }
  static incompatible(subject: string, messages: readonly string[]): ConfluentError {
    const text = `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${messages.join(', ')}]`;
    return new ConfluentError(409, 40901, text);
  }
  static invalidLevel(): ConfluentError {
    const text =
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive';
    return new ConfluentError(422, 42203, text);
  }
  static invalidMode(): ConfluentError {
    const text = 'Invalid mode. Valid values are readwrite, readonly, readonly_override, import, and forward';
    return new ConfluentError(422, 42204, text);
  }
  static referenceExists(subject: string, version: number): ConfluentError {
    const text = `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`;
    return new ConfluentError(422, 42206, text);
  }
  static invalidRuleSet(reason: string): ConfluentError {
    return new ConfluentError(422, 42210, `Invalid rule set: ${reason}`);
  }
  static contextNotEmpty(context: string): ConfluentError {
    return new ConfluentError(422, 42211, `The specified context '${context}' is not empty.`);
  }
  static invalidSchema(reason: string): ConfluentError {
    return new ConfluentError(422, 42201, `Invalid schema: ${reason}`);
  }
  static invalidVersion(version: string): ConfluentError {
    return new ConfluentError(
      422,
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    );
  }
  static notPermitted(reason: string): ConfluentError {
    return new ConfluentError(422, 42205, reason);
  }
  static invalidSubject(subject: string): ConfluentError {
    return new ConfluentError(422, 42208, `The specified subject '${subject}' is not a valid.`);
  }
  static schemaTooLarge(limit: number): ConfluentError {
    return new ConfluentError(422, 42209, `Schema is larger than ${limit} bytes`);
  }
}

const HTTP_TEXT: Record<number, string> = {
  404: 'HTTP 404 Not Found',
  405: 'HTTP 405 Method Not Allowed',
  406: 'HTTP 406 Not Acceptable',
  413: 'HTTP 413 Request Entity Too Large',
  415: 'HTTP 415 Unsupported Media Type',
};

/** Every error outside our own API, unknown routes included, in the shape `{error_code, message}`. */
export function toConfluentError(error: unknown, request: FastifyRequest): ForeignError | undefined {
  if (isOwnPath(request.url)) return undefined;
  const contentType = request.confluentType ?? DEFAULT_MEDIA_TYPE;
  const answer = (status: number, errorCode: number, message: string): ForeignError => ({
    status,
    body: { error_code: errorCode, message },
    contentType,
  });
  if (error instanceof ConfluentError) return answer(error.status, error.errorCode, error.message);
  const { code, status, detail } = toWaslError(error);
  if (code === 'internal') return answer(500, 50001, 'Error in the backend datastore');
  if (status === 401 || status === 403) return answer(status, status * 100 + 1, detail);
  return answer(status, status, HTTP_TEXT[status] ?? detail);
}
