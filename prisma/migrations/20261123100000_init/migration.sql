-- CreateTable
CREATE TABLE "accounts" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "orgName" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'approved',
    "extra" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "developers" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "accountId" BIGINT NOT NULL,
    "email" TEXT NOT NULL,
    "emailNormal" TEXT NOT NULL,
    "userName" TEXT,
    "userNameNormal" TEXT,
    "firstName" TEXT NOT NULL DEFAULT '',
    "lastName" TEXT NOT NULL DEFAULT '',
    "passwordHash" TEXT,
    "role" TEXT NOT NULL DEFAULT 'member',
    "state" TEXT NOT NULL DEFAULT 'pending',
    "extra" JSONB NOT NULL DEFAULT '{}',
    "emailConfirmedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "developers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "applications" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "accountId" BIGINT,
    "planId" BIGINT,
    "kind" TEXT NOT NULL DEFAULT 'partner',
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'live',
    "appId" TEXT NOT NULL,
    "extra" JSONB NOT NULL DEFAULT '{}',
    "firstCallAt" TIMESTAMPTZ(3),
    "lastCallAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "applications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "cipher" TEXT,
    "hint" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processedAt" TIMESTAMPTZ(3),

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mails" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "replyTo" TEXT,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_log" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "xid" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    "topic" TEXT NOT NULL,
    "subjectId" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_buckets" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "bucketAt" TIMESTAMPTZ(3) NOT NULL,
    "value" BIGINT NOT NULL,
    "sample" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "usage_buckets_pkey" PRIMARY KEY ("tenantId","environment","productId","applicationId","metricId","bucketAt")
) PARTITION BY RANGE ("bucketAt");

-- CreateTable
CREATE TABLE "usage_days" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "dayOn" DATE NOT NULL,
    "value" BIGINT NOT NULL,
    "sample" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "usage_days_pkey" PRIMARY KEY ("tenantId","environment","productId","applicationId","metricId","dayOn")
);

-- CreateTable
CREATE TABLE "usage_months" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "monthOn" DATE NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "usage_months_pkey" PRIMARY KEY ("tenantId","environment","productId","applicationId","metricId","monthOn")
);

-- CreateTable
CREATE TABLE "end_user_usage_days" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "endUserId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "dayOn" DATE NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "end_user_usage_days_pkey" PRIMARY KEY ("tenantId","environment","productId","endUserId","applicationId","metricId","dayOn")
);

-- CreateTable
CREATE TABLE "call_buckets" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "applicationId" BIGINT NOT NULL,
    "outcome" TEXT NOT NULL,
    "bucketAt" TIMESTAMPTZ(3) NOT NULL,
    "calls" BIGINT NOT NULL,
    "durationMsSum" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "call_buckets_pkey" PRIMARY KEY ("tenantId","environment","productId","applicationId","outcome","bucketAt")
) PARTITION BY RANGE ("bucketAt");

-- CreateTable
CREATE TABLE "usage_batches" (
    "id" TEXT NOT NULL,
    "bookedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_batches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "limit_counters" (
    "tenantId" BIGINT NOT NULL,
    "environment" TEXT NOT NULL,
    "productId" BIGINT NOT NULL,
    "subject" TEXT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "period" TEXT NOT NULL,
    "windowAt" TIMESTAMPTZ(3) NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "limit_counters_pkey" PRIMARY KEY ("tenantId","environment","subject","metricId","period","windowAt")
);

-- CreateTable
CREATE TABLE "journal_leases" (
    "process" TEXT NOT NULL,
    "renewedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "journal_leases_pkey" PRIMARY KEY ("process")
);

-- CreateTable
CREATE TABLE "plans" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'application',
    "name" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'hidden',
    "approvalRequired" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,
    "newMethods" TEXT NOT NULL DEFAULT 'enabled',
    "endUserRequired" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_features" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "planId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "plan_features_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_methods" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "planId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "plan_methods_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "limits" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "planId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "period" TEXT NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "end_users" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "planId" BIGINT NOT NULL,
    "externalId" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "registered" TEXT NOT NULL DEFAULT 'manual',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "end_users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "products" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "systemName" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'active',
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "authenticationMode" TEXT NOT NULL DEFAULT 'user_key',
    "privateBaseUrl" TEXT,
    "credentialsLocation" TEXT NOT NULL DEFAULT 'query',
    "userKeyName" TEXT NOT NULL DEFAULT 'user_key',
    "appIdName" TEXT NOT NULL DEFAULT 'app_id',
    "appKeyName" TEXT NOT NULL DEFAULT 'app_key',
    "endUserHeader" TEXT NOT NULL DEFAULT 'X-End-User',
    "hostHeader" TEXT,
    "secretTokenCipher" TEXT NOT NULL,
    "bodyBytesMax" INTEGER NOT NULL DEFAULT 10485760,
    "connectTimeoutMs" INTEGER NOT NULL DEFAULT 5000,
    "firstByteTimeoutMs" INTEGER NOT NULL DEFAULT 30000,
    "idleTimeoutMs" INTEGER NOT NULL DEFAULT 30000,
    "totalTimeoutMs" INTEGER NOT NULL DEFAULT 120000,
    "concurrencyMax" INTEGER NOT NULL DEFAULT 100,
    "rateLimitHeaders" BOOLEAN NOT NULL DEFAULT true,
    "errorAnswers" JSONB NOT NULL,
    "endUserRegistrationRequired" BOOLEAN NOT NULL DEFAULT true,
    "endUserCounters" TEXT NOT NULL DEFAULT 'shared',
    "endUsersMax" INTEGER NOT NULL DEFAULT 100000,
    "defaultPlanId" BIGINT,
    "defaultEndUserPlanId" BIGINT,
    "serviceTokenHash" TEXT,
    "serviceTokenCipher" TEXT,
    "lastTest" JSONB,
    "liveVersion" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metrics" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "parentId" BIGINT,
    "systemName" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "unit" TEXT NOT NULL DEFAULT 'hit',
    "verb" TEXT,
    "path" TEXT,
    "operationId" TEXT,
    "removedFromDocumentAt" TIMESTAMPTZ(3),
    "retiredAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "metrics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mapping_rules" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "metricId" BIGINT NOT NULL,
    "verb" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "delta" INTEGER NOT NULL DEFAULT 1,
    "position" INTEGER NOT NULL,
    "last" BOOLEAN NOT NULL DEFAULT false,
    "imported" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mapping_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "config_versions" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "config_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "promotions" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "productId" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "memberId" BIGINT,
    "memberName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenants" (
    "id" BIGSERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "timezone" TEXT NOT NULL DEFAULT 'Etc/UTC',
    "trialEndsAt" TIMESTAMPTZ(3),
    "features" JSONB NOT NULL DEFAULT '{}',
    "progress" JSONB NOT NULL DEFAULT '{}',
    "providerKeyHash" TEXT,
    "providerKeyCipher" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hosts" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "productId" BIGINT,
    "environment" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hosts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "email" TEXT NOT NULL,
    "emailNormal" TEXT NOT NULL,
    "userName" TEXT,
    "userNameNormal" TEXT,
    "name" TEXT NOT NULL,
    "passwordHash" TEXT,
    "role" TEXT NOT NULL DEFAULT 'member',
    "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL DEFAULT 'pending',
    "emailConfirmedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "realm" TEXT NOT NULL,
    "memberId" BIGINT,
    "developerId" BIGINT,
    "ip" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "stepUpAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_tokens" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "realm" TEXT NOT NULL,
    "memberId" BIGINT,
    "developerId" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_tokens" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "memberId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "permission" TEXT NOT NULL,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "access_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" BIGINT NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actorId" BIGINT,
    "actorName" TEXT NOT NULL,
    "address" TEXT,
    "action" TEXT NOT NULL,
    "objectKind" TEXT,
    "objectId" TEXT,
    "objectName" TEXT,
    "before" JSONB,
    "after" JSONB,
    "requestId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "accounts_tenantId_createdAt_idx" ON "accounts"("tenantId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_tenantId_id_key" ON "accounts"("tenantId", "id");

-- CreateIndex
CREATE INDEX "developers_tenantId_accountId_idx" ON "developers"("tenantId", "accountId");

-- CreateIndex
CREATE UNIQUE INDEX "developers_tenantId_id_key" ON "developers"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "developers_tenantId_emailNormal_key" ON "developers"("tenantId", "emailNormal");

-- CreateIndex
CREATE UNIQUE INDEX "developers_tenantId_userNameNormal_key" ON "developers"("tenantId", "userNameNormal");

-- CreateIndex
CREATE INDEX "applications_tenantId_accountId_idx" ON "applications"("tenantId", "accountId");

-- CreateIndex
CREATE INDEX "applications_tenantId_planId_idx" ON "applications"("tenantId", "planId");

-- CreateIndex
CREATE UNIQUE INDEX "applications_tenantId_id_key" ON "applications"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "applications_tenantId_productId_appId_key" ON "applications"("tenantId", "productId", "appId");

-- CreateIndex
CREATE INDEX "credentials_tenantId_applicationId_idx" ON "credentials"("tenantId", "applicationId");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_tenantId_id_key" ON "credentials"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_tenantId_productId_hash_key" ON "credentials"("tenantId", "productId", "hash");

-- CreateIndex
CREATE INDEX "events_processedAt_id_idx" ON "events"("processedAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "events_tenantId_id_key" ON "events"("tenantId", "id");

-- CreateIndex
CREATE INDEX "mails_state_nextTryAt_idx" ON "mails"("state", "nextTryAt");

-- CreateIndex
CREATE INDEX "mails_recipient_kind_createdAt_idx" ON "mails"("recipient", "kind", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "mails_tenantId_id_key" ON "mails"("tenantId", "id");

-- CreateIndex
CREATE INDEX "change_log_xid_id_idx" ON "change_log"("xid", "id");

-- CreateIndex
CREATE UNIQUE INDEX "change_log_tenantId_id_key" ON "change_log"("tenantId", "id");

-- CreateIndex
CREATE INDEX "usage_buckets_tenantId_environment_productId_metricId_bucke_idx" ON "usage_buckets"("tenantId", "environment", "productId", "metricId", "bucketAt");

-- CreateIndex
CREATE INDEX "usage_days_tenantId_environment_productId_metricId_dayOn_idx" ON "usage_days"("tenantId", "environment", "productId", "metricId", "dayOn");

-- CreateIndex
CREATE INDEX "call_buckets_tenantId_environment_productId_bucketAt_idx" ON "call_buckets"("tenantId", "environment", "productId", "bucketAt");

-- CreateIndex
CREATE INDEX "usage_batches_bookedAt_idx" ON "usage_batches"("bookedAt");

-- CreateIndex
CREATE INDEX "limit_counters_windowAt_idx" ON "limit_counters"("windowAt");

-- CreateIndex
CREATE UNIQUE INDEX "plans_tenantId_id_key" ON "plans"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "plans_tenantId_productId_kind_systemName_key" ON "plans"("tenantId", "productId", "kind", "systemName");

-- CreateIndex
CREATE INDEX "plan_features_tenantId_planId_idx" ON "plan_features"("tenantId", "planId");

-- CreateIndex
CREATE UNIQUE INDEX "plan_features_tenantId_id_key" ON "plan_features"("tenantId", "id");

-- CreateIndex
CREATE INDEX "plan_methods_tenantId_metricId_idx" ON "plan_methods"("tenantId", "metricId");

-- CreateIndex
CREATE UNIQUE INDEX "plan_methods_tenantId_id_key" ON "plan_methods"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_methods_tenantId_planId_metricId_key" ON "plan_methods"("tenantId", "planId", "metricId");

-- CreateIndex
CREATE INDEX "limits_tenantId_metricId_idx" ON "limits"("tenantId", "metricId");

-- CreateIndex
CREATE UNIQUE INDEX "limits_tenantId_id_key" ON "limits"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "limits_tenantId_planId_metricId_period_key" ON "limits"("tenantId", "planId", "metricId", "period");

-- CreateIndex
CREATE INDEX "end_users_tenantId_planId_idx" ON "end_users"("tenantId", "planId");

-- CreateIndex
CREATE UNIQUE INDEX "end_users_tenantId_id_key" ON "end_users"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "end_users_tenantId_productId_externalId_key" ON "end_users"("tenantId", "productId", "externalId");

-- CreateIndex
CREATE UNIQUE INDEX "products_serviceTokenHash_key" ON "products"("serviceTokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "products_tenantId_id_key" ON "products"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "products_tenantId_systemName_key" ON "products"("tenantId", "systemName");

-- CreateIndex
CREATE UNIQUE INDEX "metrics_tenantId_id_key" ON "metrics"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "metrics_tenantId_productId_systemName_key" ON "metrics"("tenantId", "productId", "systemName");

-- CreateIndex
CREATE INDEX "mapping_rules_tenantId_productId_position_idx" ON "mapping_rules"("tenantId", "productId", "position");

-- CreateIndex
CREATE INDEX "mapping_rules_tenantId_metricId_idx" ON "mapping_rules"("tenantId", "metricId");

-- CreateIndex
CREATE UNIQUE INDEX "mapping_rules_tenantId_id_key" ON "mapping_rules"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "config_versions_tenantId_id_key" ON "config_versions"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "config_versions_tenantId_productId_version_key" ON "config_versions"("tenantId", "productId", "version");

-- CreateIndex
CREATE INDEX "promotions_tenantId_productId_createdAt_idx" ON "promotions"("tenantId", "productId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "promotions_tenantId_id_key" ON "promotions"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_providerKeyHash_key" ON "tenants"("providerKeyHash");

-- CreateIndex
CREATE UNIQUE INDEX "hosts_name_key" ON "hosts"("name");

-- CreateIndex
CREATE INDEX "hosts_tenantId_productId_idx" ON "hosts"("tenantId", "productId");

-- CreateIndex
CREATE UNIQUE INDEX "hosts_tenantId_id_key" ON "hosts"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "members_tenantId_id_key" ON "members"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "members_tenantId_emailNormal_key" ON "members"("tenantId", "emailNormal");

-- CreateIndex
CREATE UNIQUE INDEX "members_tenantId_userNameNormal_key" ON "members"("tenantId", "userNameNormal");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_hash_key" ON "sessions"("hash");

-- CreateIndex
CREATE INDEX "sessions_tenantId_memberId_idx" ON "sessions"("tenantId", "memberId");

-- CreateIndex
CREATE INDEX "sessions_tenantId_developerId_idx" ON "sessions"("tenantId", "developerId");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_tenantId_id_key" ON "sessions"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_tokens_hash_key" ON "one_time_tokens"("hash");

-- CreateIndex
CREATE INDEX "one_time_tokens_tenantId_memberId_idx" ON "one_time_tokens"("tenantId", "memberId");

-- CreateIndex
CREATE INDEX "one_time_tokens_tenantId_developerId_idx" ON "one_time_tokens"("tenantId", "developerId");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_tokens_tenantId_id_key" ON "one_time_tokens"("tenantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_hash_key" ON "access_tokens"("hash");

-- CreateIndex
CREATE INDEX "access_tokens_tenantId_memberId_idx" ON "access_tokens"("tenantId", "memberId");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_tenantId_id_key" ON "access_tokens"("tenantId", "id");

-- CreateIndex
CREATE INDEX "audit_entries_tenantId_createdAt_idx" ON "audit_entries"("tenantId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entries_tenantId_id_key" ON "audit_entries"("tenantId", "id");

-- AddForeignKey
ALTER TABLE "developers" ADD CONSTRAINT "developers_tenantId_accountId_fkey" FOREIGN KEY ("tenantId", "accountId") REFERENCES "accounts"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "applications" ADD CONSTRAINT "applications_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "applications" ADD CONSTRAINT "applications_tenantId_accountId_fkey" FOREIGN KEY ("tenantId", "accountId") REFERENCES "accounts"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "applications" ADD CONSTRAINT "applications_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_tenantId_applicationId_fkey" FOREIGN KEY ("tenantId", "applicationId") REFERENCES "applications"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plans" ADD CONSTRAINT "plans_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_features" ADD CONSTRAINT "plan_features_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_methods" ADD CONSTRAINT "plan_methods_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_methods" ADD CONSTRAINT "plan_methods_tenantId_metricId_fkey" FOREIGN KEY ("tenantId", "metricId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limits" ADD CONSTRAINT "limits_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limits" ADD CONSTRAINT "limits_tenantId_metricId_fkey" FOREIGN KEY ("tenantId", "metricId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_users" ADD CONSTRAINT "end_users_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_users" ADD CONSTRAINT "end_users_tenantId_planId_fkey" FOREIGN KEY ("tenantId", "planId") REFERENCES "plans"("tenantId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_tenantId_parentId_fkey" FOREIGN KEY ("tenantId", "parentId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mapping_rules" ADD CONSTRAINT "mapping_rules_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mapping_rules" ADD CONSTRAINT "mapping_rules_tenantId_metricId_fkey" FOREIGN KEY ("tenantId", "metricId") REFERENCES "metrics"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config_versions" ADD CONSTRAINT "config_versions_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promotions" ADD CONSTRAINT "promotions_tenantId_productId_fkey" FOREIGN KEY ("tenantId", "productId") REFERENCES "products"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_tenantId_memberId_fkey" FOREIGN KEY ("tenantId", "memberId") REFERENCES "members"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_tenantId_developerId_fkey" FOREIGN KEY ("tenantId", "developerId") REFERENCES "developers"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_tenantId_memberId_fkey" FOREIGN KEY ("tenantId", "memberId") REFERENCES "members"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_tenantId_developerId_fkey" FOREIGN KEY ("tenantId", "developerId") REFERENCES "developers"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_tenantId_memberId_fkey" FOREIGN KEY ("tenantId", "memberId") REFERENCES "members"("tenantId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on written by hand.

-- Partitions by month (UTC) of the two tables that grow with traffic. Makes those that are missing, `months` of them from
-- the month of `from_day` on; rows that already arrived in the default partition move over. A partition queried directly
-- does not use its parent's policies, so it gets row security of its own and the app's role gets nothing.
CREATE FUNCTION ensure_usage_partitions(from_day date, months int) RETURNS int
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  month_start timestamptz;
  month_end timestamptz;
  part text;
  made int := 0;
BEGIN
  -- Two workers at once would both find a partition missing.
  PERFORM pg_advisory_xact_lock(7402119);
  FOREACH parent IN ARRAY ARRAY['usage_buckets', 'call_buckets'] LOOP
    IF to_regclass(parent || '_default') IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
      PERFORM protect_partition(parent || '_default');
    END IF;
    FOR step IN 0 .. months - 1 LOOP
      month_start := (date_trunc('month', from_day::timestamp) + make_interval(months => step)) AT TIME ZONE 'UTC';
      month_end := (date_trunc('month', from_day::timestamp) + make_interval(months => step + 1)) AT TIME ZONE 'UTC';
      part := parent || to_char(month_start AT TIME ZONE 'UTC', '_YYYY_MM');
      CONTINUE WHEN to_regclass(part) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS)', part, parent);
      EXECUTE format('WITH moved AS (DELETE FROM %I WHERE "bucketAt" >= $1 AND "bucketAt" < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved', parent || '_default', part)
        USING month_start, month_end;
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, month_start, month_end);
      PERFORM protect_partition(part);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION protect_partition(part text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
  EXECUTE format('CREATE POLICY system ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', part);
  EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, gatehouse_app', part);
END $$;

REVOKE ALL ON FUNCTION ensure_usage_partitions(date, int), protect_partition(text) FROM PUBLIC;

SELECT ensure_usage_partitions(((now() AT TIME ZONE 'UTC') - interval '2 months')::date, 16);
