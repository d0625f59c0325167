import { isKeyInForce, type ControlState, type KeyRecord, type SystemRecord } from '#control';
import {
  verificationKeyFromJwk,
  verifyJwsAsync,
  WaslError,
  type ParsedJws,
  type VerificationKey,
} from '#protocol';

/** Who may sign: keys, systems and members as the control plane knows them now. */
export class Signatories {
  /** Imported keys live as long as the record they come from. */
  private readonly imported = new WeakMap<KeyRecord, VerificationKey>();

  constructor(private readonly view: ControlState) {}

  /**
   * Verifies a signature with the registered key of the system that `issuer` names, on a thread of the pool.
   * @throws WaslError unknown-key, algorithm-mismatch, wrong-signature
   */
  async verify(jws: ParsedJws, issuer: string): Promise<KeyRecord> {
    const record = this.view.key(jws.header.kid);
    if (!record) throw new WaslError('unknown-key', 'no key of this kid is registered');
    if (record.system !== issuer) {
      throw new WaslError('unknown-key', 'the key is registered for another system than the issuer (iss)');
    }
    let key = this.imported.get(record);
    if (!key) this.imported.set(record, (key = verificationKeyFromJwk(record.jwk)));
    await verifyJwsAsync(jws, key);
    return record;
  }

  /**
   * The system behind a key, if both may act now.
   * @throws WaslError key-compromised, key-not-active, system-suspended
   */
  requireActive(key: KeyRecord, now: Date): SystemRecord {
    if (key.status === 'compromised') {
      throw new WaslError('key-compromised', 'this key was reported as compromised; sign with another one');
    }
    if (!isKeyInForce(key, now)) {
      throw new WaslError(
        'key-not-active',
        `the key is ${key.status}, or now is outside its period of validity`,
      );
    }
    return this.requireSystem(key.system);
  }

  /** @throws WaslError system-suspended */
  requireSystem(id: string): SystemRecord {
    const system = this.view.system(id);
    const member = system && this.view.member(system.member);
    if (!system || system.status !== 'active' || member?.status !== 'active') {
      throw new WaslError(
        'system-suspended',
        'the system or its member is suspended or no longer registered',
      );
    }
    return system;
  }
}
