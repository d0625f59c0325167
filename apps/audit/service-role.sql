-- Rights of the role that the service runs as: it may extend the ledger and nothing else. Run as the owner of the
-- schema after the first start, with the name of the role in place of wasl_audit.
grant usage on schema audit to wasl_audit;
grant select, insert on audit.entry, audit.checkpoint, audit.manifest to wasl_audit;
grant select, insert, update on audit.head, audit.tile, audit.source_offset, audit.quarantine to wasl_audit;
grant select, update on audit.projection to wasl_audit;
grant select, insert, truncate on audit.exchange, audit.handover to wasl_audit;
