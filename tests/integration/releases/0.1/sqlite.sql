PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "inlay_migration" (
  "number" integer not null primary key,
  "name" text not null,
  "applied_at" integer not null
) strict;
INSERT INTO inlay_migration VALUES(1,'catalogue and change log',1795872504665563);
CREATE TABLE IF NOT EXISTS "inlay_team" (
  "id" text not null primary key,
  "name" text not null,
  "domain" text,
  "logo" text,
  "is_verified" integer not null check ("is_verified" in (0, 1)),
  "is_white_labeled" integer not null check ("is_white_labeled" in (0, 1)),
  "terms_of_service" text,
  "allows_impersonation" integer not null check ("allows_impersonation" in (0, 1)),
  "version" integer not null check ("version" > 0),
  "revision" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null
) strict;
INSERT INTO inlay_team VALUES('01a22257-bd2b-7ebd-985c-3b67b1f68a97','Acme é 😀',NULL,NULL,0,0,NULL,0,1,1,1795872505131924,1795872505131924);
INSERT INTO inlay_team VALUES('01a22257-bfa9-7c57-b88c-e3bea10bce4b','Globex',NULL,NULL,0,0,NULL,0,1,2,1795872505769779,1795872505769779);
INSERT INTO inlay_team VALUES('01a22257-c263-7117-8153-4c7213b8d8eb','forgotten',NULL,NULL,0,0,NULL,0,1,3,1795872506467077,1795872506467077);
CREATE TABLE IF NOT EXISTS "inlay_environment" (
  "id" text not null primary key,
  "team_id" text not null,
  "name" text not null,
  "version" integer not null check ("version" > 0),
  "revision" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "inlay_environment_key" unique ("team_id", "name"),
  constraint "inlay_environment_to_team" foreign key ("team_id") references "inlay_team" ("id") on delete restrict
) strict;
INSERT INTO inlay_environment VALUES('01a22257-c5df-7ac4-90bd-751349247eb8','01a22257-bd2b-7ebd-985c-3b67b1f68a97','production',1,4,1795872507359682,1795872507359682);
CREATE TABLE IF NOT EXISTS "inlay_integration" (
  "id" text not null primary key,
  "name" text not null,
  "category" text,
  "is_beta" integer not null check ("is_beta" in (0, 1)),
  "config" text not null,
  "team_id" text not null,
  "sharing" text not null,
  "version" integer not null check ("version" > 0),
  "revision" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "inlay_integration_key" unique ("team_id", "name"),
  constraint "inlay_integration_to_team" foreign key ("team_id") references "inlay_team" ("id") on delete restrict
) strict;
INSERT INTO inlay_integration VALUES('01a22257-c6e2-7123-a123-60ccfea32206','zendesk',NULL,0,'{"limit":1.0,"a":[null,1e+300]}','01a22257-bfa9-7c57-b88c-e3bea10bce4b','ask',1,5,1795872507618114,1795872507618114);
CREATE TABLE IF NOT EXISTS "inlay_environment_integration" (
  "id" text not null primary key,
  "integration_id" text not null,
  "environment_id" text not null,
  "show_in_catalog" integer not null check ("show_in_catalog" in (0, 1)),
  "is_enabled" integer not null check ("is_enabled" in (0, 1)),
  "override" text,
  "version" integer not null check ("version" > 0),
  "revision" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "inlay_install_key" unique ("environment_id", "integration_id"),
  constraint "inlay_install_to_integration" foreign key ("integration_id")
    references "inlay_integration" ("id") on delete restrict,
  constraint "inlay_install_to_environment" foreign key ("environment_id")
    references "inlay_environment" ("id") on delete restrict
) strict;
INSERT INTO inlay_environment_integration VALUES('01a22257-ca12-7206-bced-924656cebd19','01a22257-c6e2-7123-a123-60ccfea32206','01a22257-c5df-7ac4-90bd-751349247eb8',1,0,'{"limit":18446744073709551615}',3,10,1795872508434135,1795872509045430);
CREATE TABLE IF NOT EXISTS "inlay_grant" (
  "id" text not null primary key,
  "integration_id" text not null,
  "team_id" text not null,
  "status" text not null,
  "version" integer not null check ("version" > 0),
  "revision" integer not null,
  "created_at" integer not null,
  "updated_at" integer not null,
  constraint "inlay_grant_key" unique ("integration_id", "team_id"),
  constraint "inlay_grant_to_integration" foreign key ("integration_id")
    references "inlay_integration" ("id") on delete restrict,
  constraint "inlay_grant_to_team" foreign key ("team_id") references "inlay_team" ("id") on delete restrict
) strict;
INSERT INTO inlay_grant VALUES('01a22257-c74f-71bf-8860-70afab9f6dca','01a22257-c6e2-7123-a123-60ccfea32206','01a22257-bd2b-7ebd-985c-3b67b1f68a97','granted',2,7,1795872507727078,1795872508097579);
CREATE TABLE IF NOT EXISTS "inlay_commit" (
  "revision" integer not null primary key,
  "token" text not null,
  "actor" text not null,
  "reason" text,
  "time" integer not null,
  constraint "inlay_commit_token" unique ("token")
) strict;
INSERT INTO inlay_commit VALUES(1,'01a22257-bd2b-7ecf-857b-c1c3eaf4fe59','',NULL,1795872505131924);
INSERT INTO inlay_commit VALUES(2,'01a22257-bfa9-7c7e-a15d-1f62828833fd','',NULL,1795872505769779);
INSERT INTO inlay_commit VALUES(3,'01a22257-c263-7144-8971-2f752653db09','',NULL,1795872506467077);
INSERT INTO inlay_commit VALUES(4,'01a22257-c5df-7aed-98ae-66d41906c8fa','cli',NULL,1795872507359682);
INSERT INTO inlay_commit VALUES(5,'01a22257-c6e2-71da-b7f3-2f08248688c6','o''brien',NULL,1795872507618114);
INSERT INTO inlay_commit VALUES(6,'01a22257-c74f-71ce-b82e-5c3ca6d411f1','cli',NULL,1795872507727078);
INSERT INTO inlay_commit VALUES(7,'01a22257-c8c1-79d1-8c23-62762945e5aa','cli',NULL,1795872508097579);
INSERT INTO inlay_commit VALUES(8,'01a22257-ca12-722e-ad0c-b783266af63a','cli',NULL,1795872508434135);
INSERT INTO inlay_commit VALUES(9,'01a22257-cb37-749f-a917-2cfabd00495b','cli',NULL,1795872508727260);
INSERT INTO inlay_commit VALUES(10,'01a22257-cc75-7772-942b-8c77de7d59ff','cli','to "see"',1795872509045430);
INSERT INTO inlay_commit VALUES(11,'01a22257-cdab-7e5b-8575-3ad544ba411f','cli',NULL,1795872509355896);
INSERT INTO inlay_commit VALUES(12,'01a22257-d0c9-706d-9436-79d48484b3b8','cli',NULL,1795872510152996);
CREATE TABLE IF NOT EXISTS "inlay_change" (
  "revision" integer not null,
  "ordinal" integer not null,
  "entity" text not null,
  "row_id" text not null,
  "kind" text not null,
  "before" text,
  "after" text,
  primary key ("revision", "ordinal")
) strict;
INSERT INTO inlay_change VALUES(4,0,'environment','01a22257-c5df-7ac4-90bd-751349247eb8','inserted',NULL,'{"id":"01a22257-c5df-7ac4-90bd-751349247eb8","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","name":"production","version":1,"created_at":"2026-11-28T13:28:27.359682Z","updated_at":"2026-11-28T13:28:27.359682Z"}');
INSERT INTO inlay_change VALUES(5,0,'integration','01a22257-c6e2-7123-a123-60ccfea32206','inserted',NULL,'{"id":"01a22257-c6e2-7123-a123-60ccfea32206","name":"zendesk","is_beta":false,"config":{"limit":1.0,"a":[null,1e+300]},"team_id":"01a22257-bfa9-7c57-b88c-e3bea10bce4b","sharing":"ask","version":1,"created_at":"2026-11-28T13:28:27.618114Z","updated_at":"2026-11-28T13:28:27.618114Z"}');
INSERT INTO inlay_change VALUES(6,0,'grant','01a22257-c74f-71bf-8860-70afab9f6dca','inserted',NULL,'{"id":"01a22257-c74f-71bf-8860-70afab9f6dca","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","status":"pending","version":1,"created_at":"2026-11-28T13:28:27.727078Z","updated_at":"2026-11-28T13:28:27.727078Z"}');
INSERT INTO inlay_change VALUES(7,0,'grant','01a22257-c74f-71bf-8860-70afab9f6dca','updated','{"id":"01a22257-c74f-71bf-8860-70afab9f6dca","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","status":"pending","version":1,"created_at":"2026-11-28T13:28:27.727078Z","updated_at":"2026-11-28T13:28:27.727078Z"}','{"id":"01a22257-c74f-71bf-8860-70afab9f6dca","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","status":"granted","version":2,"created_at":"2026-11-28T13:28:27.727078Z","updated_at":"2026-11-28T13:28:28.097579Z"}');
INSERT INTO inlay_change VALUES(8,0,'environment_integration','01a22257-ca12-7206-bced-924656cebd19','inserted',NULL,'{"id":"01a22257-ca12-7206-bced-924656cebd19","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","environment_id":"01a22257-c5df-7ac4-90bd-751349247eb8","show_in_catalog":true,"is_enabled":true,"version":1,"created_at":"2026-11-28T13:28:28.434135Z","updated_at":"2026-11-28T13:28:28.434135Z"}');
INSERT INTO inlay_change VALUES(9,0,'environment_integration','01a22257-ca12-7206-bced-924656cebd19','updated','{"id":"01a22257-ca12-7206-bced-924656cebd19","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","environment_id":"01a22257-c5df-7ac4-90bd-751349247eb8","show_in_catalog":true,"is_enabled":true,"version":1,"created_at":"2026-11-28T13:28:28.434135Z","updated_at":"2026-11-28T13:28:28.434135Z"}','{"id":"01a22257-ca12-7206-bced-924656cebd19","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","environment_id":"01a22257-c5df-7ac4-90bd-751349247eb8","show_in_catalog":true,"is_enabled":true,"override":{"limit":18446744073709551615},"version":2,"created_at":"2026-11-28T13:28:28.434135Z","updated_at":"2026-11-28T13:28:28.727260Z"}');
INSERT INTO inlay_change VALUES(10,0,'environment_integration','01a22257-ca12-7206-bced-924656cebd19','updated','{"id":"01a22257-ca12-7206-bced-924656cebd19","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","environment_id":"01a22257-c5df-7ac4-90bd-751349247eb8","show_in_catalog":true,"is_enabled":true,"override":{"limit":18446744073709551615},"version":2,"created_at":"2026-11-28T13:28:28.434135Z","updated_at":"2026-11-28T13:28:28.727260Z"}','{"id":"01a22257-ca12-7206-bced-924656cebd19","integration_id":"01a22257-c6e2-7123-a123-60ccfea32206","environment_id":"01a22257-c5df-7ac4-90bd-751349247eb8","show_in_catalog":true,"is_enabled":false,"override":{"limit":18446744073709551615},"version":3,"created_at":"2026-11-28T13:28:28.434135Z","updated_at":"2026-11-28T13:28:29.045430Z"}');
INSERT INTO inlay_change VALUES(11,0,'environment','01a22257-cdab-7e4d-9667-551a124a41ec','inserted',NULL,'{"id":"01a22257-cdab-7e4d-9667-551a124a41ec","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","name":"gone","version":1,"created_at":"2026-11-28T13:28:29.355896Z","updated_at":"2026-11-28T13:28:29.355896Z"}');
INSERT INTO inlay_change VALUES(12,0,'environment','01a22257-cdab-7e4d-9667-551a124a41ec','removed','{"id":"01a22257-cdab-7e4d-9667-551a124a41ec","team_id":"01a22257-bd2b-7ebd-985c-3b67b1f68a97","name":"gone","version":1,"created_at":"2026-11-28T13:28:29.355896Z","updated_at":"2026-11-28T13:28:29.355896Z"}',NULL);
CREATE TABLE IF NOT EXISTS "inlay_counter" (
  "id" integer not null primary key check ("id" = 1),
  "revision" integer not null,
  "compacted_through" integer not null
) strict;
INSERT INTO inlay_counter VALUES(1,12,3);
CREATE INDEX "inlay_team_order" on "inlay_team" ("created_at", "id");
CREATE INDEX "inlay_team_name" on "inlay_team" ("name", "created_at", "id");
CREATE INDEX "inlay_team_domain" on "inlay_team" ("domain", "created_at", "id");
CREATE INDEX "inlay_environment_order" on "inlay_environment" ("created_at", "id");
CREATE INDEX "inlay_environment_team" on "inlay_environment" ("team_id", "created_at", "id");
CREATE INDEX "inlay_environment_name" on "inlay_environment" ("name", "created_at", "id");
CREATE INDEX "inlay_integration_order" on "inlay_integration" ("created_at", "id");
CREATE INDEX "inlay_integration_name" on "inlay_integration" ("name", "created_at", "id");
CREATE INDEX "inlay_integration_category" on "inlay_integration" ("category", "created_at", "id");
CREATE INDEX "inlay_integration_is_beta" on "inlay_integration" ("is_beta", "created_at", "id");
CREATE INDEX "inlay_integration_team" on "inlay_integration" ("team_id", "created_at", "id");
CREATE INDEX "inlay_integration_sharing" on "inlay_integration" ("sharing", "created_at", "id");
CREATE INDEX "inlay_install_order" on "inlay_environment_integration" ("created_at", "id");
CREATE INDEX "inlay_install_integration" on "inlay_environment_integration" ("integration_id", "created_at", "id");
CREATE INDEX "inlay_install_environment" on "inlay_environment_integration" ("environment_id", "created_at", "id");
CREATE INDEX "inlay_install_where" on "inlay_environment_integration" ("integration_id", "environment_id");
CREATE INDEX "inlay_install_shown" on "inlay_environment_integration" ("show_in_catalog", "created_at", "id");
CREATE INDEX "inlay_install_enabled" on "inlay_environment_integration" ("is_enabled", "created_at", "id");
CREATE INDEX "inlay_grant_order" on "inlay_grant" ("created_at", "id");
CREATE INDEX "inlay_grant_integration" on "inlay_grant" ("integration_id", "created_at", "id");
CREATE INDEX "inlay_grant_team" on "inlay_grant" ("team_id", "created_at", "id");
CREATE INDEX "inlay_grant_status" on "inlay_grant" ("status", "created_at", "id");
CREATE INDEX "inlay_change_row" on "inlay_change" ("row_id", "entity", "revision");
COMMIT;
