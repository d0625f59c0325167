import type { ActivityStatus } from './member.entity.js';

/** How the evidence of a change names it: suspending and resuming matter more than a new name. */
export function activityChange(
  before: ActivityStatus,
  after: ActivityStatus,
): 'Suspended' | 'Resumed' | 'Changed' {
  if (before === after) return 'Changed';
  return after === 'suspended' ? 'Suspended' : 'Resumed';
}
