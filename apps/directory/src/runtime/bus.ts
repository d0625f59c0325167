import { memberOf, WaslError } from '#protocol';

/** The bus itself: its systems sign evidence, so nobody adds to them over the network. */
export class Bus {
  constructor(readonly urn: string) {}

  /** Throws WaslError `not-allowed` for a system of the bus: those come from the bootstrap file alone. */
  refuse(system: string): void {
    if (memberOf(system) === this.urn) {
      throw new WaslError(
        'not-allowed',
        "systems and keys of the bus itself come from the directory's bootstrap file",
      );
    }
  }
}
