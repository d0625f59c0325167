/**
 * Signing would contradict a checkpoint that was signed before, so nothing is appended or signed until
 * an operator has looked (docs/services/audit.md, "The guard refuses"). Never leaves the service as it is.
 */
export class LedgerFrozen extends Error {
  constructor(why: string) {
    super(`the ledger is frozen: ${why}. See docs/services/audit.md, "The guard refuses".`);
    this.name = 'LedgerFrozen';
  }
}
