import { MessageVerifier } from '#client';
import type { ControlView } from '#control';

/** Verifier over the keys in the local view of the control plane; made anew only when a key changes. */
export class TrustedKeys {
  private verifier: MessageVerifier | undefined;

  constructor(
    private readonly view: Pick<ControlView, 'keys' | 'onChange'>,
    private readonly bus: string,
  ) {
    view.onChange(({ key }) => {
      if (key.startsWith('key:')) this.verifier = undefined;
    });
  }

  current(): MessageVerifier {
    this.verifier ??= new MessageVerifier({
      format: 'wasl-trust/1',
      bus: this.bus,
      log: [],
      keys: this.view.keys(),
    });
    return this.verifier;
  }
}
