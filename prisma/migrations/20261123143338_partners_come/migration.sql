-- AlterTable
ALTER TABLE "developers" ADD COLUMN     "invitedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "sender" TEXT;

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "planChangeMode" TEXT NOT NULL DEFAULT 'request';

-- CreateTable
CREATE TABLE "portal_settings" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "signupsEnabled" BOOLEAN NOT NULL DEFAULT true,
    "accountApprovalRequired" BOOLEAN NOT NULL DEFAULT false,
    "multipleUsers" BOOLEAN NOT NULL DEFAULT false,
    "multipleApplications" BOOLEAN NOT NULL DEFAULT false,
    "multipleProducts" BOOLEAN NOT NULL DEFAULT false,
    "contactEmail" TEXT,
    "tagline" TEXT NOT NULL DEFAULT '',
    "theme" JSONB NOT NULL DEFAULT '{}',
    "logoFileId" BIGINT,
    "alertLevels" INTEGER[] DEFAULT ARRAY[80, 100]::INTEGER[],
    "alertDevelopers" BOOLEAN NOT NULL DEFAULT true,
    "alertMembers" BOOLEAN NOT NULL DEFAULT true,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "portal_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal_templates" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "path" TEXT,
    "layoutName" TEXT DEFAULT 'main_layout',
    "contentType" TEXT NOT NULL DEFAULT 'text/html',
    "liquid" BOOLEAN NOT NULL DEFAULT true,
    "draft" TEXT,
    "published" TEXT,
    "draftAt" TIMESTAMPTZ(3),
    "publishedAt" TIMESTAMPTZ(3),
    "updatedBy" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "portal_templates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal_files" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "path" TEXT NOT NULL,
    "contentType" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "downloadable" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "portal_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "domains" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "zone" TEXT NOT NULL DEFAULT 'portal',
    "productId" BIGINT,
    "token" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "problem" TEXT,
    "checkedAt" TIMESTAMPTZ(3),
    "provedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reserved_hosts" (
    "name" TEXT NOT NULL,
    "formerTenantId" BIGINT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reserved_hosts_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "field_definitions" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "target" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "builtIn" BOOLEAN NOT NULL DEFAULT false,
    "required" BOOLEAN NOT NULL DEFAULT false,
    "hidden" BOOLEAN NOT NULL DEFAULT false,
    "readOnly" BOOLEAN NOT NULL DEFAULT false,
    "choices" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "hint" TEXT NOT NULL DEFAULT '',
    "position" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "field_definitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_requests" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "accountId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "openApplicationId" BIGINT,
    "fromPlanId" BIGINT,
    "planId" BIGINT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'open',
    "answer" TEXT NOT NULL DEFAULT '',
    "developerId" BIGINT,
    "developerName" TEXT NOT NULL,
    "decidedBy" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMPTZ(3),

    CONSTRAINT "plan_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_specs" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "source" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "operations" INTEGER NOT NULL DEFAULT 0,
    "published" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_specs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "limit_alerts" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "accountId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "period" TEXT NOT NULL,
    "windowAt" TIMESTAMPTZ(3) NOT NULL,
    "level" INTEGER NOT NULL,
    "value" BIGINT NOT NULL,
    "limitValue" BIGINT NOT NULL,
    "readAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "limit_alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "url" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "events" TEXT[],
    "secretCipher" TEXT NOT NULL,
    "previousSecretCipher" TEXT,
    "previousSecretUntil" TIMESTAMPTZ(3),
    "failingSince" TIMESTAMPTZ(3),
    "disabledBecause" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "endpointId" BIGINT NOT NULL,
    "eventId" BIGINT,
    "messageId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastStatus" INTEGER,
    "lastError" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deliveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "deliveryId" BIGINT NOT NULL,
    "number" INTEGER NOT NULL,
    "status" INTEGER,
    "error" TEXT,
    "durationMs" INTEGER NOT NULL,
    "requestHeaders" JSONB NOT NULL,
    "answer" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "portal_settings_tenantId_key" ON "portal_settings"("tenantId");

-- CreateIndex
CREATE UNIQUE INDEX "portal_settings_tenantId_id_key" ON "portal_settings"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "portal_templates_tenantId_id_key" ON "portal_templates"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "portal_templates_tenantId_kind_systemName_key" ON "portal_templates"("tenantId", "kind", "systemName");

-- CreateIndex
CREATE UNIQUE INDEX "portal_templates_tenantId_path_key" ON "portal_templates"("tenantId", "path");

-- CreateIndex
CREATE UNIQUE INDEX "portal_files_tenantId_id_key" ON "portal_files"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "portal_files_tenantId_path_key" ON "portal_files"("tenantId", "path");

-- CreateIndex
CREATE UNIQUE INDEX "domains_tenantId_id_key" ON "domains"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "domains_tenantId_name_key" ON "domains"("tenantId", "name");

-- CreateIndex
CREATE INDEX "reserved_hosts_until_idx" ON "reserved_hosts"("until");

-- CreateIndex
CREATE UNIQUE INDEX "field_definitions_tenantId_id_key" ON "field_definitions"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "field_definitions_tenantId_target_name_key" ON "field_definitions"("tenantId", "target", "name");

-- CreateIndex
CREATE INDEX "plan_requests_tenantId_state_id_idx" ON "plan_requests"("tenantId", "state", "id");

-- CreateIndex
CREATE INDEX "plan_requests_tenantId_applicationId_idx" ON "plan_requests"("tenantId", "applicationId");

-- CreateIndex
CREATE INDEX "plan_requests_tenantId_accountId_idx" ON "plan_requests"("tenantId", "accountId");

-- CreateIndex
CREATE INDEX "plan_requests_tenantId_planId_idx" ON "plan_requests"("tenantId", "planId");

-- CreateIndex
CREATE UNIQUE INDEX "plan_requests_tenantId_id_key" ON "plan_requests"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_requests_tenantId_openApplicationId_key" ON "plan_requests"("tenantId", "openApplicationId");

-- CreateIndex
CREATE INDEX "api_specs_tenantId_productId_idx" ON "api_specs"("tenantId", "productId");

-- CreateIndex
CREATE UNIQUE INDEX "api_specs_tenantId_id_key" ON "api_specs"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "api_specs_tenantId_systemName_key" ON "api_specs"("tenantId", "systemName");

-- CreateIndex
CREATE INDEX "limit_alerts_tenantId_createdAt_idx" ON "limit_alerts"("tenantId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "limit_alerts_tenantId_id_key" ON "limit_alerts"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "limit_alerts_tenantId_applicationId_metricId_period_windowA_key" ON "limit_alerts"("tenantId", "applicationId", "metricId", "period", "windowAt", "level");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_endpoints_tenantId_id_key" ON "webhook_endpoints"("tenantId", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_state_nextTryAt_idx" ON "webhook_deliveries"("state", "nextTryAt");

-- CreateIndex
CREATE INDEX "webhook_deliveries_tenantId_endpointId_id_idx" ON "webhook_deliveries"("tenantId", "endpointId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_tenantId_id_key" ON "webhook_deliveries"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_tenantId_endpointId_eventId_key" ON "webhook_deliveries"("tenantId", "endpointId", "eventId");

-- CreateIndex
CREATE INDEX "webhook_attempts_tenantId_deliveryId_idx" ON "webhook_attempts"("tenantId", "deliveryId");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_attempts_tenantId_id_key" ON "webhook_attempts"("tenantId", "id");

-- AddForeignKey
ALTER TABLE "plan_requests" ADD CONSTRAINT "plan_requests_tenantId_accountId_fkey" FOREIGN KEY ("tenantId", "accountId") REFERENCES "accounts"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_requests" ADD CONSTRAINT "plan_requests_tenantId_applicationId_fkey" FOREIGN KEY ("tenantId", "applicationId") REFERENCES "applications"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_requests" ADD CONSTRAINT "plan_requests_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_specs" ADD CONSTRAINT "api_specs_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limit_alerts" ADD CONSTRAINT "limit_alerts_tenantId_applicationId_fkey" FOREIGN KEY ("tenantId", "applicationId") REFERENCES "applications"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenantId_endpointId_fkey" FOREIGN KEY ("tenantId", "endpointId") REFERENCES "webhook_endpoints"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_tenantId_deliveryId_fkey" FOREIGN KEY ("tenantId", "deliveryId") REFERENCES "webhook_deliveries"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row security of the new tables (ISO-3).
SELECT protect_tenant_table(name, 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY[
  'portal_settings', 'portal_templates', 'portal_files', 'domains', 'field_definitions', 'plan_requests', 'api_specs',
  'limit_alerts', 'webhook_endpoints', 'webhook_deliveries'
]) AS name;
-- What was sent and answered is a record: nobody alters it.
SELECT protect_tenant_table('webhook_attempts', 'SELECT, INSERT');

-- Of the installation, of no tenant.
REVOKE ALL ON "reserved_hosts" FROM PUBLIC, gatehouse_app;

-- One default row each for the tenants that are there already.
INSERT INTO "portal_settings" ("tenantId") SELECT id FROM "tenants";
