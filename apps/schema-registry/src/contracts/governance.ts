import { type Governance, governanceViolations, type TypeGovernance } from '#contracts';
import { WaslError } from '#protocol';

/** What is said of a contract when it is published; retention and service levels may come later. */
export type GovernanceRequest =
  (Omit<Governance, 'retention' | 'sla'> & Partial<Pick<Governance, 'retention' | 'sla'>>) | TypeGovernance;

/** @throws WaslError `malformed-request` with every violation */
export function parseGovernance(body: unknown, name: string): GovernanceRequest {
  const violations = governanceViolations(body);
  if (violations.length > 0) {
    throw new WaslError('malformed-request', 'the governance of a contract is not as expected', {
      violations,
    });
  }
  const governance = body as GovernanceRequest;
  if (governance.name !== name) {
    throw new WaslError('malformed-request', `the name of this topic's contract is ${name}`, {
      violations: [{ pointer: '/name', rule: 'const' }],
    });
  }
  if (governance.kind !== 'topic') return governance;
  const { kind: _, ...normal } = governance;
  return normal;
}
