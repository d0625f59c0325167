import type { VersionSuccessor } from '#control';
import type { Phase } from '../../schemas/version-announcer.js';
import type { StoredVersionState } from './version-state-store.js';
import type { VersionStatus } from './version-states.js';

/** A version as our API shows it. */
export interface VersionView {
  topic: string;
  version: number;
  status: VersionStatus;
  since?: string;
  sunset?: string;
  successor?: VersionSuccessor;
  submittedBy?: string;
  submittedAt?: string;
  approvedBy?: string;
  approvedAt?: string;
}

export function versionView(state: StoredVersionState): VersionView {
  const { topic, version, status, approval } = state;
  return {
    ...{ topic, version, status },
    ...timesOf(state),
    ...(approval && {
      submittedBy: approval.submittedBy,
      submittedAt: approval.submittedAt.toISOString(),
      approvedBy: approval.approvedBy,
      approvedAt: approval.approvedAt.toISOString(),
    }),
  };
}

/** What the other services are told of where a version stands. */
export function phaseOf(state: StoredVersionState): Phase {
  return { status: state.status, ...timesOf(state) };
}

function timesOf({ since, sunset, successor }: StoredVersionState): Omit<Phase, 'status'> {
  return {
    ...(since && { since: since.toISOString() }),
    ...(sunset && { sunset: sunset.toISOString() }),
    ...(successor && { successor }),
  };
}
