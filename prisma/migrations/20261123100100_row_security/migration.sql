-- Row-level security (the second line of isolation): gatehouse_app sees and writes the rows of the tenant that the
-- transaction names in app.tenant_id, and nothing where it names none. The owner, itself under forced security, passes
-- by a policy of its own. The role gatehouse_app is made by the migration runner beforehand.

-- Closes a table to all but its tenant and gives the app's role the named rights. Every new table with "tenantId" calls it
-- in its migration; a test finds those that did not.
CREATE FUNCTION protect_tenant_table(table_name text, rights text, tenant_column text DEFAULT 'tenantId') RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  sequence_name text;
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
  -- NULLIF: once a transaction has used the setting, the connection reads '' outside of one, not null.
  EXECUTE format(
    'CREATE POLICY tenant ON %I TO gatehouse_app USING (%2$I = NULLIF(current_setting(''app.tenant_id'', true), '''')::bigint) WITH CHECK (%2$I = NULLIF(current_setting(''app.tenant_id'', true), '''')::bigint)',
    table_name, tenant_column);
  EXECUTE format('CREATE POLICY system ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', table_name);
  EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, gatehouse_app', table_name);
  IF rights <> '' THEN
    EXECUTE format('GRANT %s ON %I TO gatehouse_app', rights, table_name);
  END IF;
  IF rights LIKE '%INSERT%' THEN
    FOR sequence_name IN
      SELECT seq.relname FROM pg_depend d JOIN pg_class seq ON seq.oid = d.objid AND seq.relkind = 'S'
      WHERE d.refobjid = to_regclass(quote_ident(table_name)) AND d.deptype IN ('a', 'i')
    LOOP
      EXECUTE format('GRANT USAGE ON SEQUENCE %I TO gatehouse_app', sequence_name);
    END LOOP;
  END IF;
END $$;

REVOKE ALL ON FUNCTION protect_tenant_table(text, text, text) FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO gatehouse_app;

-- A tenant is made and deleted by the system.
SELECT protect_tenant_table('tenants', 'SELECT, UPDATE', 'id');

SELECT protect_tenant_table(name, 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY[
  'hosts', 'members', 'sessions', 'one_time_tokens', 'access_tokens',
  'accounts', 'developers', 'applications', 'credentials',
  'products', 'metrics', 'mapping_rules', 'plans', 'plan_features', 'plan_methods', 'limits', 'end_users',
  'mails'
]) AS name;

-- Written once, never changed by a tenant's request.
SELECT protect_tenant_table(name, 'SELECT, INSERT') FROM unnest(ARRAY['audit_entries', 'events', 'change_log', 'config_versions', 'promotions']) AS name;

-- Booked by the owner from the journal; tenants read.
SELECT protect_tenant_table(name, 'SELECT') FROM unnest(ARRAY['usage_buckets', 'usage_days', 'usage_months', 'end_user_usage_days', 'call_buckets', 'limit_counters']) AS name;

-- Of the installation, of no tenant.
REVOKE ALL ON usage_batches, journal_leases FROM PUBLIC, gatehouse_app;
