-- CreateTable
CREATE TABLE "sign_in_failures" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "blockedUntil" TIMESTAMPTZ(3),
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "sign_in_failures_lastAt_idx" ON "sign_in_failures"("lastAt");

-- Of the installation, of no tenant.
REVOKE ALL ON "sign_in_failures" FROM PUBLIC, gatehouse_app;
