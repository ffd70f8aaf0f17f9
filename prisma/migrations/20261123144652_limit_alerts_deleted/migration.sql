-- AlterTable
ALTER TABLE "limit_alerts" ADD COLUMN     "deletedAt" TIMESTAMPTZ(3);
