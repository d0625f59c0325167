/**
 * Divides `total` among queues so that a long one never shuts out the others: equal shares, and what short queues
 * leave over goes to the long ones.
 */
export function fairShares(lengths: readonly number[], total: number): number[] {
  const shares = lengths.map(() => 0);
  let left = total;
  for (;;) {
    const open = lengths.flatMap((length, index) => (shares[index]! < length ? [index] : []));
    if (left <= 0 || open.length === 0) return shares;
    const share = Math.max(1, Math.floor(left / open.length));
    for (const index of open) {
      const taken = Math.min(share, lengths[index]! - shares[index]!, left);
      shares[index]! += taken;
      left -= taken;
    }
  }
}
