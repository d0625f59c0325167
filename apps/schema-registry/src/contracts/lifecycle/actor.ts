import { WaslError } from '#protocol';

/** `owner`: a publisher of the owning member, or of one below it. */
export type Side = 'owner' | 'steward';

/** Who acts on a contract: `system` is recorded, `sides` says what it may speak for. */
export interface Actor {
  system: string;
  sides: readonly Side[];
}

const NAMES: Record<Side, string> = { owner: 'its owner', steward: 'a steward' };

/** @throws WaslError `not-allowed`, saying who may */
export function requireSide(actor: Actor, sides: readonly Side[], act: string): void {
  if (sides.some((side) => actor.sides.includes(side))) return;
  throw new WaslError('not-allowed', `only ${sides.map((side) => NAMES[side]).join(' or ')} may ${act}`);
}
