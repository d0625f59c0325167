import { isKeyInForce, type ControlState } from '#control';
import { WaslError } from '#protocol';

/** The gateway's own signing key, as the control plane knows it now. */
export class OwnKey {
  constructor(
    private readonly view: Pick<ControlState, 'key'>,
    private readonly kid: string,
    private readonly issuer: string,
  ) {}

  /**
   * To be asked before anything is signed: what a key out of force signs never verifies.
   * @throws WaslError unavailable: the key is unknown, of another system, not active or outside its period
   */
  requireInForce(now: Date): void {
    const key = this.view.key(this.kid);
    if (key?.system === this.issuer && isKeyInForce(key, now)) return;
    throw new WaslError('unavailable', 'the gateway has no signing key in force', { retryAfterSeconds: 10 });
  }
}
