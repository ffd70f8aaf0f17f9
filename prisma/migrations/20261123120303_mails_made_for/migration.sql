-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "madeFor" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "mails_tenantId_madeFor_key" ON "mails"("tenantId", "madeFor");
