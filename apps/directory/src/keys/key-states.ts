import { WaslError } from '#protocol';

export type KeyStatus = 'pending' | 'active' | 'retired' | 'compromised';
export type KeyAct = 'activate' | 'retire' | 'compromise';

export interface KeyState {
  status: KeyStatus;
  notAfter: Date | null;
  changedAt: Date;
}

const FROM: Record<KeyAct, { to: KeyStatus; from: readonly KeyStatus[] }> = {
  activate: { to: 'active', from: ['pending'] },
  retire: { to: 'retired', from: ['pending', 'active'] },
  // A key may leak long after it retired, and what it signed is judged by the time of the leak.
  compromise: { to: 'compromised', from: ['pending', 'active', 'retired'] },
};

/**
 * Life of a signing key. Retirement and compromise close the validity window at `at`: signatures made
 * before it still verify if the key retired, and are judged by that time if it was compromised.
 * Returns null when the key is in the wanted state already. Throws WaslError `conflict`.
 */
export function decideKey(state: KeyState, act: KeyAct, at: Date): KeyState | null {
  const { to, from } = FROM[act];
  if (state.status === to) return null;
  if (!from.includes(state.status)) {
    throw new WaslError('conflict', `a ${state.status} key can't become ${to}`);
  }
  return {
    status: to,
    notAfter: to === 'active' ? state.notAfter : earlier(state.notAfter, at),
    changedAt: at,
  };
}

function earlier(a: Date | null, b: Date): Date {
  return a !== null && a < b ? a : b;
}
