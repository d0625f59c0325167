import { type AuthorisedCalls, json, orUndefined } from './contract-publisher.js';

/** A draft of a contract's next version, as its authors and reviewers see it. */
export interface ContractDraft {
  topic: string;
  revision: number;
  status: 'draft' | 'in-review';
  /** base64url SHA-256 of the content */
  digest: string;
  schema: string;
  note?: string;
  replaces?: { topic: string; sunset: string };
  /** systems that wrote it: none of them approves it */
  editors: string[];
  submittedBy?: string;
  sentBackBy?: string;
  sentBackReason?: string;
  /** references, metadata and rules, as they will be registered */
  [content: string]: unknown;
}

/** Where a version of a contract stands; times RFC 3339. */
export interface ContractVersion {
  topic: string;
  version: number;
  status: 'active' | 'deprecated' | 'retired';
  since?: string;
  sunset?: string;
  successor?: { topic: string; version?: number };
  submittedBy?: string;
  approvedBy?: string;
  approvedAt?: string;
}

export type VersionAct =
  | { act: 'deprecate'; sunset: string; successor?: { topic: string; version?: number } }
  | { act: 'retire'; reason?: string }
  | { act: 'reactivate' };

/** Acts in the life of contracts. Each may be sent twice; every one throws WaslError with the registry's reason. */
export class ContractLifecycle {
  /** @param registry base URL of the schema registry */
  constructor(
    private readonly client: AuthorisedCalls,
    private readonly registry: string,
  ) {}

  /** `undefined` if there is none, or none that the caller may see */
  async draft(topic: string): Promise<ContractDraft | undefined> {
    const answer = await orUndefined(this.call('GET', `${topic}/draft`));
    return answer && json<ContractDraft>(answer);
  }

  /**
   * Begins or replaces the draft; the same again changes nothing, and `changed` says so.
   * @param seen revision that is replaced, if there is one
   */
  async saveDraft(
    topic: string,
    body: object,
    seen?: number,
  ): Promise<{ draft: ContractDraft; changed: boolean }> {
    const answer = await this.call('PUT', `${topic}/draft`, body, seen);
    return { draft: json(answer), changed: answer.header('wasl-changed') !== 'false' };
  }

  async submit(topic: string, revision: number): Promise<ContractDraft> {
    return json(await this.call('POST', `${topic}/draft/submit`, undefined, revision));
  }

  /** @param revision what was read: another is not approved */
  async approve(topic: string, revision: number): Promise<ContractVersion> {
    return json(await this.call('POST', `${topic}/draft/approve`, undefined, revision));
  }

  async sendBack(topic: string, revision: number, reason: string): Promise<ContractDraft> {
    return json(await this.call('POST', `${topic}/draft/send-back`, { reason }, revision));
  }

  /** The draft is gone; what is in force stays. */
  async discard(topic: string, revision: number): Promise<void> {
    await this.call('DELETE', `${topic}/draft`, undefined, revision);
  }

  async act(topic: string, version: number, { act, ...body }: VersionAct): Promise<ContractVersion> {
    return json(await this.call('POST', `${topic}/versions/${version}/${act}`, body));
  }

  private call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object, revision?: number) {
    return this.client.authorised(this.registry, {
      method,
      path: `/v1/contracts/${path.split('/').map(encodeURIComponent).join('/')}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
