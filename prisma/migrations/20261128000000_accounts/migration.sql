-- Columns are added, not tables made anew: dropping a table of people would take their progress along.
ALTER TABLE "User" ADD COLUMN "role" TEXT NOT NULL DEFAULT 'learner';

ALTER TABLE "Session" ADD COLUMN "method" TEXT NOT NULL DEFAULT 'guest';

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorId" TEXT,
    "sessionId" TEXT,
    "action" TEXT NOT NULL,
    "subjectId" TEXT,
    "classId" TEXT,
    "details" JSONB NOT NULL,
    CONSTRAINT "AuditEvent_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent"("at");

-- CreateIndex
CREATE INDEX "AuditEvent_actorId_at_idx" ON "AuditEvent"("actorId", "at");

-- CreateIndex
CREATE INDEX "AuditEvent_classId_at_idx" ON "AuditEvent"("classId", "at");

-- CreateIndex
CREATE INDEX "AuditEvent_sessionId_idx" ON "AuditEvent"("sessionId");
