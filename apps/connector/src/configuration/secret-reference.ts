import { WaslError } from '#protocol';

const REFERENCE = /^\$\{env:([A-Z][A-Z0-9_]{0,126})\}$/;

/** The variable that `${env:NAME}` names; undefined when the text is anything else. */
export function secretName(reference: string): string | undefined {
  return REFERENCE.exec(reference)?.[1];
}

/** Secrets of the operator, by name; values never leave this object but to a database driver. */
export class Secrets {
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  /** Throws WaslError `not-found` naming the variable to set. */
  databaseUrl(name: string): string {
    const value = this.env[name];
    if (value === undefined || value === '') {
      throw new WaslError('not-found', `the secret ${name} is not set for the connector service`);
    }
    if (!/^postgres(ql)?:\/\//.test(value)) {
      throw new WaslError('not-found', `the secret ${name} does not hold a PostgreSQL URL`);
    }
    return value;
  }
}
