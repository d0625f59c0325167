const etsi = <N extends string>(name: N): `http://uri.etsi.org/19522/Event/${N}` =>
  `http://uri.etsi.org/19522/Event/${name}`;
const wasl = <N extends string>(name: N): `urn:wasl:event:${N}` => `urn:wasl:event:${name}`;

/** Event URIs of evidence. Exchange events carry ETSI EN 319 522 names; the others are our own. */
export const EVENTS = {
  SubmissionAcceptance: etsi('SubmissionAcceptance'),
  SubmissionRejection: etsi('SubmissionRejection'),
  ContentConsignment: etsi('ContentConsignment'),
  ContentConsignmentFailure: etsi('ContentConsignmentFailure'),
  ContentHandover: etsi('ContentHandover'),
  ContentHandoverFailure: etsi('ContentHandoverFailure'),
  AuditQuery: wasl('AuditQuery'),
  AccessRefusal: wasl('AccessRefusal'),
  MemberRegistered: wasl('MemberRegistered'),
  MemberChanged: wasl('MemberChanged'),
  MemberSuspended: wasl('MemberSuspended'),
  MemberResumed: wasl('MemberResumed'),
  SystemRegistered: wasl('SystemRegistered'),
  SystemChanged: wasl('SystemChanged'),
  SystemSuspended: wasl('SystemSuspended'),
  SystemResumed: wasl('SystemResumed'),
  KeyRegistered: wasl('KeyRegistered'),
  KeyActivated: wasl('KeyActivated'),
  KeyRetired: wasl('KeyRetired'),
  KeyCompromised: wasl('KeyCompromised'),
  TokenKeyCreated: wasl('TokenKeyCreated'),
  AgreementRequested: wasl('AgreementRequested'),
  AgreementApproved: wasl('AgreementApproved'),
  AgreementSuspended: wasl('AgreementSuspended'),
  AgreementResumed: wasl('AgreementResumed'),
  AgreementRevoked: wasl('AgreementRevoked'),
  AgreementExpired: wasl('AgreementExpired'),
  ContractPublished: wasl('ContractPublished'),
  ContractDraftSaved: wasl('ContractDraftSaved'),
  ContractDraftDiscarded: wasl('ContractDraftDiscarded'),
  ContractDraftSubmitted: wasl('ContractDraftSubmitted'),
  ContractDraftSentBack: wasl('ContractDraftSentBack'),
  ContractDraftApproved: wasl('ContractDraftApproved'),
  ContractVersionRegistered: wasl('ContractVersionRegistered'),
  ContractVersionDeprecated: wasl('ContractVersionDeprecated'),
  ContractVersionRetired: wasl('ContractVersionRetired'),
  ContractVersionDeleted: wasl('ContractVersionDeleted'),
  RegistrySettingChanged: wasl('RegistrySettingChanged'),
  ContextDeleted: wasl('ContextDeleted'),
  ContractVersionReactivated: wasl('ContractVersionReactivated'),
  AssociationCreated: wasl('AssociationCreated'),
  AssociationChanged: wasl('AssociationChanged'),
  AssociationDeleted: wasl('AssociationDeleted'),
  ConnectorCreated: wasl('ConnectorCreated'),
  ConnectorChanged: wasl('ConnectorChanged'),
  ConnectorPaused: wasl('ConnectorPaused'),
  ConnectorResumed: wasl('ConnectorResumed'),
  ConnectorStopped: wasl('ConnectorStopped'),
  ConnectorRestarted: wasl('ConnectorRestarted'),
  ConnectorDeleted: wasl('ConnectorDeleted'),
} as const;

export type EventName = keyof typeof EVENTS;

const NAMES = new Map<string, EventName>(
  Object.entries(EVENTS).map(([name, uri]) => [uri, name as EventName]),
);

export const eventNameOf = (uri: string): EventName | undefined => NAMES.get(uri);
