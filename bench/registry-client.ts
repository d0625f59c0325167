import { body, checkedSchema, checkedSubject, distinctSubject } from './registry-material.js';

const TYPE = 'application/vnd.schemaregistry.v1+json';

/** Single calls beside the load: what is asked for must be there, and the answers must be right. */
export class RegistryClient {
  constructor(
    private readonly port: number,
    private readonly authorization: string,
  ) {}

  /** @returns the body of a 200 as text @throws Error on any other status */
  async call(path: string, content?: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: content === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': TYPE,
        'confluent-accept-unknown-properties': 'true',
        ...(this.authorization === '' ? {} : { authorization: this.authorization }),
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return text;
  }

  /** Ids and GUIDs of the first subjects of `distinct`. */
  async identities(count: number): Promise<{ id: number; guid: string }[]> {
    const found: { id: number; guid: string }[] = [];
    for (let n = 0; n < count; n++) {
      const text = await this.call(`/subjects/${distinctSubject(n)}/versions/latest`);
      found.push(JSON.parse(text) as { id: number; guid: string });
    }
    return found;
  }

  /** Registers what candidates are compared with. @returns whether the check exists and finds them compatible */
  async prepareCheck(bytes: number): Promise<boolean> {
    const subject = checkedSubject(bytes);
    await this.call(`/subjects/${subject}/versions`, body(checkedSchema(bytes, 0)));
    const path = `/compatibility/subjects/${subject}/versions/latest`;
    const text = await this.call(path, body(checkedSchema(bytes, 1))).catch((error: Error) => error.message);
    return text.includes('"is_compatible":true');
  }
}
