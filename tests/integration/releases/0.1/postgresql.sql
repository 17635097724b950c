CREATE TABLE public.inlay_change (
    revision bigint NOT NULL,
    ordinal bigint NOT NULL,
    entity text NOT NULL COLLATE pg_catalog."C",
    row_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    before text COLLATE pg_catalog."C",
    after text COLLATE pg_catalog."C"
);
CREATE TABLE public.inlay_commit (
    revision bigint NOT NULL,
    token text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    "time" bigint NOT NULL
);
CREATE TABLE public.inlay_counter (
    id bigint NOT NULL,
    revision bigint NOT NULL,
    compacted_through bigint NOT NULL,
    CONSTRAINT inlay_counter_id_check CHECK ((id = 1))
);
CREATE TABLE public.inlay_environment (
    id text NOT NULL COLLATE pg_catalog."C",
    team_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT inlay_environment_version_check CHECK ((version > 0))
);
CREATE TABLE public.inlay_environment_integration (
    id text NOT NULL COLLATE pg_catalog."C",
    integration_id text NOT NULL COLLATE pg_catalog."C",
    environment_id text NOT NULL COLLATE pg_catalog."C",
    show_in_catalog smallint NOT NULL,
    is_enabled smallint NOT NULL,
    override text COLLATE pg_catalog."C",
    version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT inlay_environment_integration_is_enabled_check CHECK ((is_enabled = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_environment_integration_show_in_catalog_check CHECK ((show_in_catalog = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_environment_integration_version_check CHECK ((version > 0))
);
CREATE TABLE public.inlay_grant (
    id text NOT NULL COLLATE pg_catalog."C",
    integration_id text NOT NULL COLLATE pg_catalog."C",
    team_id text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT inlay_grant_version_check CHECK ((version > 0))
);
CREATE TABLE public.inlay_integration (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    category text COLLATE pg_catalog."C",
    is_beta smallint NOT NULL,
    config text NOT NULL COLLATE pg_catalog."C",
    team_id text NOT NULL COLLATE pg_catalog."C",
    sharing text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT inlay_integration_is_beta_check CHECK ((is_beta = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_integration_version_check CHECK ((version > 0))
);
CREATE TABLE public.inlay_migration (
    number bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    applied_at bigint NOT NULL
);
CREATE TABLE public.inlay_team (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    domain text COLLATE pg_catalog."C",
    logo text COLLATE pg_catalog."C",
    is_verified smallint NOT NULL,
    is_white_labeled smallint NOT NULL,
    terms_of_service text COLLATE pg_catalog."C",
    allows_impersonation smallint NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT inlay_team_allows_impersonation_check CHECK ((allows_impersonation = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_team_is_verified_check CHECK ((is_verified = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_team_is_white_labeled_check CHECK ((is_white_labeled = ANY (ARRAY[0, 1]))),
    CONSTRAINT inlay_team_version_check CHECK ((version > 0))
);
INSERT INTO public.inlay_change VALUES (4, 0, 'environment', '01a22257-eae3-7333-972b-c3a70d75b664', 'inserted', NULL, '{"id":"01a22257-eae3-7333-972b-c3a70d75b664","team_id":"01a22257-e13f-7554-a374-208f9c35421f","name":"production","version":1,"created_at":"2026-11-28T13:28:36.835209Z","updated_at":"2026-11-28T13:28:36.835209Z"}');
INSERT INTO public.inlay_change VALUES (5, 0, 'integration', '01a22257-ecdf-72de-8596-b2f4c2b8a40c', 'inserted', NULL, '{"id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","name":"zendesk","is_beta":false,"config":{"limit":1.0,"a":[null,1e+300]},"team_id":"01a22257-e347-7f3e-b34f-593e8aed0ef5","sharing":"ask","version":1,"created_at":"2026-11-28T13:28:37.343224Z","updated_at":"2026-11-28T13:28:37.343224Z"}');
INSERT INTO public.inlay_change VALUES (6, 0, 'grant', '01a22257-eeba-7a2f-83cb-3eae6dc6927d', 'inserted', NULL, '{"id":"01a22257-eeba-7a2f-83cb-3eae6dc6927d","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","team_id":"01a22257-e13f-7554-a374-208f9c35421f","status":"pending","version":1,"created_at":"2026-11-28T13:28:37.818595Z","updated_at":"2026-11-28T13:28:37.818595Z"}');
INSERT INTO public.inlay_change VALUES (7, 0, 'grant', '01a22257-eeba-7a2f-83cb-3eae6dc6927d', 'updated', '{"id":"01a22257-eeba-7a2f-83cb-3eae6dc6927d","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","team_id":"01a22257-e13f-7554-a374-208f9c35421f","status":"pending","version":1,"created_at":"2026-11-28T13:28:37.818595Z","updated_at":"2026-11-28T13:28:37.818595Z"}', '{"id":"01a22257-eeba-7a2f-83cb-3eae6dc6927d","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","team_id":"01a22257-e13f-7554-a374-208f9c35421f","status":"granted","version":2,"created_at":"2026-11-28T13:28:37.818595Z","updated_at":"2026-11-28T13:28:38.289216Z"}');
INSERT INTO public.inlay_change VALUES (8, 0, 'environment_integration', '01a22257-f2af-78dd-83b7-325896809f58', 'inserted', NULL, '{"id":"01a22257-f2af-78dd-83b7-325896809f58","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","environment_id":"01a22257-eae3-7333-972b-c3a70d75b664","show_in_catalog":true,"is_enabled":true,"version":1,"created_at":"2026-11-28T13:28:38.831570Z","updated_at":"2026-11-28T13:28:38.831570Z"}');
INSERT INTO public.inlay_change VALUES (9, 0, 'environment_integration', '01a22257-f2af-78dd-83b7-325896809f58', 'updated', '{"id":"01a22257-f2af-78dd-83b7-325896809f58","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","environment_id":"01a22257-eae3-7333-972b-c3a70d75b664","show_in_catalog":true,"is_enabled":true,"version":1,"created_at":"2026-11-28T13:28:38.831570Z","updated_at":"2026-11-28T13:28:38.831570Z"}', '{"id":"01a22257-f2af-78dd-83b7-325896809f58","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","environment_id":"01a22257-eae3-7333-972b-c3a70d75b664","show_in_catalog":true,"is_enabled":true,"override":{"limit":18446744073709551615},"version":2,"created_at":"2026-11-28T13:28:38.831570Z","updated_at":"2026-11-28T13:28:39.333382Z"}');
INSERT INTO public.inlay_change VALUES (10, 0, 'environment_integration', '01a22257-f2af-78dd-83b7-325896809f58', 'updated', '{"id":"01a22257-f2af-78dd-83b7-325896809f58","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","environment_id":"01a22257-eae3-7333-972b-c3a70d75b664","show_in_catalog":true,"is_enabled":true,"override":{"limit":18446744073709551615},"version":2,"created_at":"2026-11-28T13:28:38.831570Z","updated_at":"2026-11-28T13:28:39.333382Z"}', '{"id":"01a22257-f2af-78dd-83b7-325896809f58","integration_id":"01a22257-ecdf-72de-8596-b2f4c2b8a40c","environment_id":"01a22257-eae3-7333-972b-c3a70d75b664","show_in_catalog":true,"is_enabled":false,"override":{"limit":18446744073709551615},"version":3,"created_at":"2026-11-28T13:28:38.831570Z","updated_at":"2026-11-28T13:28:39.747177Z"}');
INSERT INTO public.inlay_change VALUES (11, 0, 'environment', '01a22257-f7d9-7697-a70f-1da2ecb397f5', 'inserted', NULL, '{"id":"01a22257-f7d9-7697-a70f-1da2ecb397f5","team_id":"01a22257-e13f-7554-a374-208f9c35421f","name":"gone","version":1,"created_at":"2026-11-28T13:28:40.153419Z","updated_at":"2026-11-28T13:28:40.153419Z"}');
INSERT INTO public.inlay_change VALUES (12, 0, 'environment', '01a22257-f7d9-7697-a70f-1da2ecb397f5', 'removed', '{"id":"01a22257-f7d9-7697-a70f-1da2ecb397f5","team_id":"01a22257-e13f-7554-a374-208f9c35421f","name":"gone","version":1,"created_at":"2026-11-28T13:28:40.153419Z","updated_at":"2026-11-28T13:28:40.153419Z"}', NULL);
INSERT INTO public.inlay_commit VALUES (1, '01a22257-e13f-758f-b195-1fec2a912bb6', '', NULL, 1795872514367345);
INSERT INTO public.inlay_commit VALUES (2, '01a22257-e347-7f54-8133-07e9104ab6f3', '', NULL, 1795872514887956);
INSERT INTO public.inlay_commit VALUES (3, '01a22257-e587-7681-8c54-7fb97159d741', '', NULL, 1795872515463405);
INSERT INTO public.inlay_commit VALUES (4, '01a22257-eae3-735e-88a9-ed82a1344622', 'cli', NULL, 1795872516835209);
INSERT INTO public.inlay_commit VALUES (5, '01a22257-ecdf-739c-8164-b49f7d02a546', 'o''brien', NULL, 1795872517343224);
INSERT INTO public.inlay_commit VALUES (6, '01a22257-eeba-7a42-8b76-94fa35551d77', 'cli', NULL, 1795872517818595);
INSERT INTO public.inlay_commit VALUES (7, '01a22257-f091-7408-96e0-bcccfea39e73', 'cli', NULL, 1795872518289216);
INSERT INTO public.inlay_commit VALUES (8, '01a22257-f2af-7928-94d9-20c7074619fe', 'cli', NULL, 1795872518831570);
INSERT INTO public.inlay_commit VALUES (9, '01a22257-f4a5-769c-9b25-7b8490a83a32', 'cli', NULL, 1795872519333382);
INSERT INTO public.inlay_commit VALUES (10, '01a22257-f643-737d-b56a-3021ed4b8e0b', 'cli', 'to "see"', 1795872519747177);
INSERT INTO public.inlay_commit VALUES (11, '01a22257-f7d9-76bd-9802-bd3e689e79f7', 'cli', NULL, 1795872520153419);
INSERT INTO public.inlay_commit VALUES (12, '01a22257-f936-755b-bc20-dd921b590adc', 'cli', NULL, 1795872520502293);
INSERT INTO public.inlay_counter VALUES (1, 12, 3);
INSERT INTO public.inlay_environment VALUES ('01a22257-eae3-7333-972b-c3a70d75b664', '01a22257-e13f-7554-a374-208f9c35421f', 'production', 1, 4, 1795872516835209, 1795872516835209);
INSERT INTO public.inlay_environment_integration VALUES ('01a22257-f2af-78dd-83b7-325896809f58', '01a22257-ecdf-72de-8596-b2f4c2b8a40c', '01a22257-eae3-7333-972b-c3a70d75b664', 1, 0, '{"limit":18446744073709551615}', 3, 10, 1795872518831570, 1795872519747177);
INSERT INTO public.inlay_grant VALUES ('01a22257-eeba-7a2f-83cb-3eae6dc6927d', '01a22257-ecdf-72de-8596-b2f4c2b8a40c', '01a22257-e13f-7554-a374-208f9c35421f', 'granted', 2, 7, 1795872517818595, 1795872518289216);
INSERT INTO public.inlay_integration VALUES ('01a22257-ecdf-72de-8596-b2f4c2b8a40c', 'zendesk', NULL, 0, '{"limit":1.0,"a":[null,1e+300]}', '01a22257-e347-7f3e-b34f-593e8aed0ef5', 'ask', 1, 5, 1795872517343224, 1795872517343224);
INSERT INTO public.inlay_migration VALUES (1, 'catalogue and change log', 1795872512291489);
INSERT INTO public.inlay_team VALUES ('01a22257-e13f-7554-a374-208f9c35421f', 'Acme é 😀', NULL, NULL, 0, 0, NULL, 0, 1, 1, 1795872514367345, 1795872514367345);
INSERT INTO public.inlay_team VALUES ('01a22257-e347-7f3e-b34f-593e8aed0ef5', 'Globex', NULL, NULL, 0, 0, NULL, 0, 1, 2, 1795872514887956, 1795872514887956);
INSERT INTO public.inlay_team VALUES ('01a22257-e587-7656-bf38-71f8a14edb8e', 'forgotten', NULL, NULL, 0, 0, NULL, 0, 1, 3, 1795872515463405, 1795872515463405);
ALTER TABLE ONLY public.inlay_change
    ADD CONSTRAINT inlay_change_pkey PRIMARY KEY (revision, ordinal);
ALTER TABLE ONLY public.inlay_commit
    ADD CONSTRAINT inlay_commit_pkey PRIMARY KEY (revision);
ALTER TABLE ONLY public.inlay_commit
    ADD CONSTRAINT inlay_commit_token UNIQUE (token);
ALTER TABLE ONLY public.inlay_counter
    ADD CONSTRAINT inlay_counter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inlay_environment_integration
    ADD CONSTRAINT inlay_environment_integration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inlay_environment
    ADD CONSTRAINT inlay_environment_key UNIQUE (team_id, name);
ALTER TABLE ONLY public.inlay_environment
    ADD CONSTRAINT inlay_environment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inlay_grant
    ADD CONSTRAINT inlay_grant_key UNIQUE (integration_id, team_id);
ALTER TABLE ONLY public.inlay_grant
    ADD CONSTRAINT inlay_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inlay_environment_integration
    ADD CONSTRAINT inlay_install_key UNIQUE (environment_id, integration_id);
ALTER TABLE ONLY public.inlay_integration
    ADD CONSTRAINT inlay_integration_key UNIQUE (team_id, name);
ALTER TABLE ONLY public.inlay_integration
    ADD CONSTRAINT inlay_integration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inlay_migration
    ADD CONSTRAINT inlay_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.inlay_team
    ADD CONSTRAINT inlay_team_pkey PRIMARY KEY (id);
CREATE INDEX inlay_change_row ON public.inlay_change USING btree (row_id, entity, revision);
CREATE INDEX inlay_environment_name ON public.inlay_environment USING btree (name, created_at, id);
CREATE INDEX inlay_environment_order ON public.inlay_environment USING btree (created_at, id);
CREATE INDEX inlay_environment_team ON public.inlay_environment USING btree (team_id, created_at, id);
CREATE INDEX inlay_grant_integration ON public.inlay_grant USING btree (integration_id, created_at, id);
CREATE INDEX inlay_grant_order ON public.inlay_grant USING btree (created_at, id);
CREATE INDEX inlay_grant_status ON public.inlay_grant USING btree (status, created_at, id);
CREATE INDEX inlay_grant_team ON public.inlay_grant USING btree (team_id, created_at, id);
CREATE INDEX inlay_install_enabled ON public.inlay_environment_integration USING btree (is_enabled, created_at, id);
CREATE INDEX inlay_install_environment ON public.inlay_environment_integration USING btree (environment_id, created_at, id);
CREATE INDEX inlay_install_integration ON public.inlay_environment_integration USING btree (integration_id, created_at, id);
CREATE INDEX inlay_install_order ON public.inlay_environment_integration USING btree (created_at, id);
CREATE INDEX inlay_install_shown ON public.inlay_environment_integration USING btree (show_in_catalog, created_at, id);
CREATE INDEX inlay_install_where ON public.inlay_environment_integration USING btree (integration_id, environment_id);
CREATE INDEX inlay_integration_category ON public.inlay_integration USING btree (category, created_at, id);
CREATE INDEX inlay_integration_is_beta ON public.inlay_integration USING btree (is_beta, created_at, id);
CREATE INDEX inlay_integration_name ON public.inlay_integration USING btree (name, created_at, id);
CREATE INDEX inlay_integration_order ON public.inlay_integration USING btree (created_at, id);
CREATE INDEX inlay_integration_sharing ON public.inlay_integration USING btree (sharing, created_at, id);
CREATE INDEX inlay_integration_team ON public.inlay_integration USING btree (team_id, created_at, id);
CREATE INDEX inlay_team_domain ON public.inlay_team USING btree (domain, created_at, id);
CREATE INDEX inlay_team_name ON public.inlay_team USING btree (name, created_at, id);
CREATE INDEX inlay_team_order ON public.inlay_team USING btree (created_at, id);
ALTER TABLE ONLY public.inlay_environment
    ADD CONSTRAINT inlay_environment_to_team FOREIGN KEY (team_id) REFERENCES public.inlay_team(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.inlay_grant
    ADD CONSTRAINT inlay_grant_to_integration FOREIGN KEY (integration_id) REFERENCES public.inlay_integration(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.inlay_grant
    ADD CONSTRAINT inlay_grant_to_team FOREIGN KEY (team_id) REFERENCES public.inlay_team(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.inlay_environment_integration
    ADD CONSTRAINT inlay_install_to_environment FOREIGN KEY (environment_id) REFERENCES public.inlay_environment(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.inlay_environment_integration
    ADD CONSTRAINT inlay_install_to_integration FOREIGN KEY (integration_id) REFERENCES public.inlay_integration(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.inlay_integration
    ADD CONSTRAINT inlay_integration_to_team FOREIGN KEY (team_id) REFERENCES public.inlay_team(id) ON DELETE RESTRICT;
