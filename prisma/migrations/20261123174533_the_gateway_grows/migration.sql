-- AlterTable
ALTER TABLE "applications" ADD COLUMN     "clientType" TEXT NOT NULL DEFAULT 'confidential',
ADD COLUMN     "redirectUris" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "referrerFilters" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "credentials" ADD COLUMN     "endsAfterUnusedDays" INTEGER,
ADD COLUMN     "expiresAt" TIMESTAMPTZ(3),
ADD COLUMN     "lastAddress" TEXT,
ADD COLUMN     "useCount" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "plans" ADD COLUMN     "bursts" JSONB,
ADD COLUMN     "costPerMonth" DECIMAL(14,4) NOT NULL DEFAULT 0,
ADD COLUMN     "originalId" BIGINT,
ADD COLUMN     "setupFee" DECIMAL(14,4) NOT NULL DEFAULT 0,
ADD COLUMN     "trialPeriodDays" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "plan_features" ADD COLUMN     "featureId" BIGINT;

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "bursts" JSONB,
ADD COLUMN     "callSamplePercent" INTEGER NOT NULL DEFAULT 10,
ADD COLUMN     "deployment" TEXT NOT NULL DEFAULT 'hosted',
ADD COLUMN     "introspection" JSONB,
ADD COLUMN     "oauthClassicClients" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "oauthClientCredentials" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "oauthLoginUrl" TEXT,
ADD COLUMN     "oauthScopes" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "oauthSecretCipher" TEXT,
ADD COLUMN     "oidcIssuers" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "policies" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "referrerFiltersRequired" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "refusalStyle" TEXT NOT NULL DEFAULT 'text',
ADD COLUMN     "selfManagedProductionUrl" TEXT,
ADD COLUMN     "selfManagedStagingUrl" TEXT,
ADD COLUMN     "stripCredentials" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "metrics" ADD COLUMN     "backendMetricId" BIGINT;

-- CreateTable
CREATE TABLE "backends" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "privateBaseUrl" TEXT NOT NULL,
    "servers" JSONB NOT NULL DEFAULT '[]',
    "hostHeader" TEXT,
    "healthCheck" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backends_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backend_metrics" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "backendId" BIGINT NOT NULL,
    "parentId" BIGINT,
    "systemName" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "unit" TEXT NOT NULL DEFAULT 'hit',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backend_metrics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backend_mapping_rules" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "backendId" BIGINT NOT NULL,
    "backendMetricId" BIGINT NOT NULL,
    "verb" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "delta" INTEGER NOT NULL DEFAULT 1,
    "position" INTEGER NOT NULL,
    "last" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backend_mapping_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backend_usages" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "backendId" BIGINT NOT NULL,
    "path" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backend_usages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "requestHash" TEXT NOT NULL,
    "status" INTEGER,
    "contentType" TEXT,
    "body" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_records" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "refusal" TEXT,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "call_records_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_shares" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "call_shares_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_grants" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "endUserId" TEXT,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "revokedBy" TEXT,

    CONSTRAINT "oauth_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_tokens" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "grantId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_codes" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "grantId" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "redirectUri" TEXT NOT NULL,
    "codeChallenge" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_handoffs" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "cookieHash" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "answer" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_handoffs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "end_user_limits" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "endUserId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "period" TEXT NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "end_user_limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pricing_rules" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "planId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "min" BIGINT NOT NULL DEFAULT 1,
    "max" BIGINT,
    "costPerUnit" DECIMAL(14,4) NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pricing_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "features" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visible" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "features_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "integration_errors" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "request" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "integration_errors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registry_policies" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "schema" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registry_policies_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "backends_tenantId_id_key" ON "backends"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "backends_tenantId_systemName_key" ON "backends"("tenantId", "systemName");

-- CreateIndex
CREATE UNIQUE INDEX "backend_metrics_tenantId_id_key" ON "backend_metrics"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "backend_metrics_tenantId_backendId_systemName_key" ON "backend_metrics"("tenantId", "backendId", "systemName");

-- CreateIndex
CREATE INDEX "backend_mapping_rules_tenantId_backendId_position_idx" ON "backend_mapping_rules"("tenantId", "backendId", "position");

-- CreateIndex
CREATE INDEX "backend_mapping_rules_tenantId_backendMetricId_idx" ON "backend_mapping_rules"("tenantId", "backendMetricId");

-- CreateIndex
CREATE UNIQUE INDEX "backend_mapping_rules_tenantId_id_key" ON "backend_mapping_rules"("tenantId", "id");

-- CreateIndex
CREATE INDEX "backend_usages_tenantId_backendId_idx" ON "backend_usages"("tenantId", "backendId");

-- CreateIndex
CREATE UNIQUE INDEX "backend_usages_tenantId_id_key" ON "backend_usages"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "backend_usages_tenantId_productId_path_key" ON "backend_usages"("tenantId", "productId", "path");

-- CreateIndex
CREATE UNIQUE INDEX "backend_usages_tenantId_productId_backendId_key" ON "backend_usages"("tenantId", "productId", "backendId");

-- CreateIndex
CREATE INDEX "idempotency_keys_createdAt_idx" ON "idempotency_keys"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_keys_tenantId_id_key" ON "idempotency_keys"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_keys_tenantId_actor_key_key" ON "idempotency_keys"("tenantId", "actor", "key");

-- CreateIndex
CREATE INDEX "call_records_tenantId_productId_id_idx" ON "call_records"("tenantId", "productId", "id");

-- CreateIndex
CREATE INDEX "call_records_tenantId_applicationId_id_idx" ON "call_records"("tenantId", "applicationId", "id");

-- CreateIndex
CREATE INDEX "call_records_tenantId_requestId_idx" ON "call_records"("tenantId", "requestId");

-- CreateIndex
CREATE INDEX "call_records_at_idx" ON "call_records"("at");

-- CreateIndex
CREATE UNIQUE INDEX "call_records_tenantId_id_key" ON "call_records"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "call_shares_hash_key" ON "call_shares"("hash");

-- CreateIndex
CREATE INDEX "call_shares_expiresAt_idx" ON "call_shares"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "call_shares_tenantId_id_key" ON "call_shares"("tenantId", "id");

-- CreateIndex
CREATE INDEX "oauth_grants_tenantId_productId_endUserId_idx" ON "oauth_grants"("tenantId", "productId", "endUserId");

-- CreateIndex
CREATE INDEX "oauth_grants_tenantId_applicationId_idx" ON "oauth_grants"("tenantId", "applicationId");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_grants_tenantId_id_key" ON "oauth_grants"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_tokens_hash_key" ON "oauth_tokens"("hash");

-- CreateIndex
CREATE INDEX "oauth_tokens_tenantId_grantId_idx" ON "oauth_tokens"("tenantId", "grantId");

-- CreateIndex
CREATE INDEX "oauth_tokens_expiresAt_idx" ON "oauth_tokens"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_tokens_tenantId_id_key" ON "oauth_tokens"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_codes_hash_key" ON "oauth_codes"("hash");

-- CreateIndex
CREATE INDEX "oauth_codes_tenantId_grantId_idx" ON "oauth_codes"("tenantId", "grantId");

-- CreateIndex
CREATE INDEX "oauth_codes_expiresAt_idx" ON "oauth_codes"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_codes_tenantId_id_key" ON "oauth_codes"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_handoffs_hash_key" ON "oauth_handoffs"("hash");

-- CreateIndex
CREATE INDEX "oauth_handoffs_tenantId_productId_idx" ON "oauth_handoffs"("tenantId", "productId");

-- CreateIndex
CREATE INDEX "oauth_handoffs_tenantId_applicationId_idx" ON "oauth_handoffs"("tenantId", "applicationId");

-- CreateIndex
CREATE INDEX "oauth_handoffs_expiresAt_idx" ON "oauth_handoffs"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_handoffs_tenantId_id_key" ON "oauth_handoffs"("tenantId", "id");

-- CreateIndex
CREATE INDEX "end_user_limits_tenantId_metricId_idx" ON "end_user_limits"("tenantId", "metricId");

-- CreateIndex
CREATE UNIQUE INDEX "end_user_limits_tenantId_id_key" ON "end_user_limits"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "end_user_limits_tenantId_endUserId_metricId_period_key" ON "end_user_limits"("tenantId", "endUserId", "metricId", "period");

-- CreateIndex
CREATE INDEX "pricing_rules_tenantId_planId_idx" ON "pricing_rules"("tenantId", "planId");

-- CreateIndex
CREATE INDEX "pricing_rules_tenantId_metricId_idx" ON "pricing_rules"("tenantId", "metricId");

-- CreateIndex
CREATE UNIQUE INDEX "pricing_rules_tenantId_id_key" ON "pricing_rules"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "features_tenantId_id_key" ON "features"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "features_tenantId_productId_systemName_key" ON "features"("tenantId", "productId", "systemName");

-- CreateIndex
CREATE INDEX "integration_errors_tenantId_productId_id_idx" ON "integration_errors"("tenantId", "productId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "integration_errors_tenantId_id_key" ON "integration_errors"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "registry_policies_tenantId_id_key" ON "registry_policies"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "registry_policies_tenantId_name_version_key" ON "registry_policies"("tenantId", "name", "version");

-- CreateIndex
CREATE INDEX "plans_tenantId_originalId_idx" ON "plans"("tenantId", "originalId");

-- CreateIndex
CREATE INDEX "plan_features_tenantId_featureId_idx" ON "plan_features"("tenantId", "featureId");

-- CreateIndex
CREATE INDEX "metrics_tenantId_backendMetricId_idx" ON "metrics"("tenantId", "backendMetricId");

-- AddForeignKey
ALTER TABLE "backend_metrics" ADD CONSTRAINT "backend_metrics_tenantId_backendId_fkey" FOREIGN KEY ("tenantId", "backendId") REFERENCES "backends"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backend_metrics" ADD CONSTRAINT "backend_metrics_tenantId_parentId_fkey" FOREIGN KEY ("tenantId", "parentId") REFERENCES "backend_metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backend_mapping_rules" ADD CONSTRAINT "backend_mapping_rules_tenantId_backendId_fkey" FOREIGN KEY ("tenantId", "backendId") REFERENCES "backends"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backend_mapping_rules" ADD CONSTRAINT "backend_mapping_rules_tenantId_backendMetricId_fkey" FOREIGN KEY ("tenantId", "backendMetricId") REFERENCES "backend_metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backend_usages" ADD CONSTRAINT "backend_usages_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backend_usages" ADD CONSTRAINT "backend_usages_tenantId_backendId_fkey" FOREIGN KEY ("tenantId", "backendId") REFERENCES "backends"("tenantId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grants" ADD CONSTRAINT "oauth_grants_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grants" ADD CONSTRAINT "oauth_grants_tenantId_applicationId_fkey" FOREIGN KEY ("tenantId", "applicationId") REFERENCES "applications"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_tenantId_grantId_fkey" FOREIGN KEY ("tenantId", "grantId") REFERENCES "oauth_grants"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_codes" ADD CONSTRAINT "oauth_codes_tenantId_grantId_fkey" FOREIGN KEY ("tenantId", "grantId") REFERENCES "oauth_grants"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_handoffs" ADD CONSTRAINT "oauth_handoffs_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_handoffs" ADD CONSTRAINT "oauth_handoffs_tenantId_applicationId_fkey" FOREIGN KEY ("tenantId", "applicationId") REFERENCES "applications"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plans" ADD CONSTRAINT "plans_tenantId_originalId_fkey" FOREIGN KEY ("tenantId", "originalId") REFERENCES "plans"("tenantId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_features" ADD CONSTRAINT "plan_features_tenantId_featureId_fkey" FOREIGN KEY ("tenantId", "featureId") REFERENCES "features"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_user_limits" ADD CONSTRAINT "end_user_limits_tenantId_endUserId_fkey" FOREIGN KEY ("tenantId", "endUserId") REFERENCES "end_users"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_user_limits" ADD CONSTRAINT "end_user_limits_tenantId_metricId_fkey" FOREIGN KEY ("tenantId", "metricId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pricing_rules" ADD CONSTRAINT "pricing_rules_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pricing_rules" ADD CONSTRAINT "pricing_rules_tenantId_metricId_fkey" FOREIGN KEY ("tenantId", "metricId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_tenantId_backendMetricId_fkey" FOREIGN KEY ("tenantId", "backendMetricId") REFERENCES "backend_metrics"("tenantId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "features" ADD CONSTRAINT "features_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "integration_errors" ADD CONSTRAINT "integration_errors_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Tenants see theirs only.
SELECT protect_tenant_table(name, 'SELECT, INSERT, UPDATE, DELETE') FROM unnest(ARRAY[
  'features', 'integration_errors', 'registry_policies', 'backends', 'backend_metrics', 'backend_mapping_rules', 'backend_usages',
  'oauth_grants', 'oauth_tokens', 'oauth_codes', 'oauth_handoffs', 'end_user_limits', 'pricing_rules',
  'call_records', 'call_shares', 'idempotency_keys'
]) AS name;
