CREATE TABLE `inlay_team` (
  `id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(255) NOT NULL,
  `domain` varchar(255) DEFAULT NULL,
  `logo` varchar(255) DEFAULT NULL,
  `is_verified` tinyint(4) NOT NULL CHECK (`is_verified` in (0,1)),
  `is_white_labeled` tinyint(4) NOT NULL CHECK (`is_white_labeled` in (0,1)),
  `terms_of_service` varchar(255) DEFAULT NULL,
  `allows_impersonation` tinyint(4) NOT NULL CHECK (`allows_impersonation` in (0,1)),
  `version` bigint(20) NOT NULL CHECK (`version` > 0),
  `revision` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `inlay_team_order` (`created_at`,`id`),
  KEY `inlay_team_name` (`name`,`created_at`,`id`),
  KEY `inlay_team_domain` (`domain`,`created_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_team` VALUES ('01a22258-12de-7438-9ed5-49ef2dad5a38','Acme é 😀',NULL,NULL,0,0,NULL,0,1,1,1795872527070273,1795872527070273);
INSERT INTO `inlay_team` VALUES ('01a22258-1343-79c2-b43f-ee4c8f396999','Globex',NULL,NULL,0,0,NULL,0,1,2,1795872527171619,1795872527171619);
INSERT INTO `inlay_team` VALUES ('01a22258-1393-734e-863b-6bd7e6af327b','forgotten',NULL,NULL,0,0,NULL,0,1,3,1795872527251216,1795872527251216);
CREATE TABLE `inlay_environment` (
  `id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `team_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(255) NOT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` > 0),
  `revision` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `inlay_environment_key` (`team_id`,`name`),
  KEY `inlay_environment_order` (`created_at`,`id`),
  KEY `inlay_environment_team` (`team_id`,`created_at`,`id`),
  KEY `inlay_environment_name` (`name`,`created_at`,`id`),
  CONSTRAINT `inlay_environment_to_team` FOREIGN KEY (`team_id`) REFERENCES `inlay_team` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_environment` VALUES ('01a22258-145b-7859-a6e5-7046cc262a11','01a22258-12de-7438-9ed5-49ef2dad5a38','production',1,4,1795872527451530,1795872527451530);
CREATE TABLE `inlay_integration` (
  `id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` varchar(255) NOT NULL,
  `category` varchar(255) DEFAULT NULL,
  `is_beta` tinyint(4) NOT NULL CHECK (`is_beta` in (0,1)),
  `config` longtext NOT NULL,
  `team_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `sharing` varchar(255) NOT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` > 0),
  `revision` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `inlay_integration_key` (`team_id`,`name`),
  KEY `inlay_integration_order` (`created_at`,`id`),
  KEY `inlay_integration_name` (`name`,`created_at`,`id`),
  KEY `inlay_integration_category` (`category`,`created_at`,`id`),
  KEY `inlay_integration_is_beta` (`is_beta`,`created_at`,`id`),
  KEY `inlay_integration_team` (`team_id`,`created_at`,`id`),
  KEY `inlay_integration_sharing` (`sharing`,`created_at`,`id`),
  CONSTRAINT `inlay_integration_to_team` FOREIGN KEY (`team_id`) REFERENCES `inlay_team` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_integration` VALUES ('01a22258-14c6-7c71-a55a-3d80ed81ce25','zendesk',NULL,0,'{\"limit\":1.0,\"a\":[null,1e+300]}','01a22258-1343-79c2-b43f-ee4c8f396999','ask',1,5,1795872527558821,1795872527558821);
CREATE TABLE `inlay_environment_integration` (
  `id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `integration_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `environment_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `show_in_catalog` tinyint(4) NOT NULL CHECK (`show_in_catalog` in (0,1)),
  `is_enabled` tinyint(4) NOT NULL CHECK (`is_enabled` in (0,1)),
  `override` longtext DEFAULT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` > 0),
  `revision` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `inlay_install_key` (`environment_id`,`integration_id`),
  KEY `inlay_install_order` (`created_at`,`id`),
  KEY `inlay_install_integration` (`integration_id`,`created_at`,`id`),
  KEY `inlay_install_environment` (`environment_id`,`created_at`,`id`),
  KEY `inlay_install_where` (`integration_id`,`environment_id`),
  KEY `inlay_install_shown` (`show_in_catalog`,`created_at`,`id`),
  KEY `inlay_install_enabled` (`is_enabled`,`created_at`,`id`),
  CONSTRAINT `inlay_install_to_environment` FOREIGN KEY (`environment_id`) REFERENCES `inlay_environment` (`id`),
  CONSTRAINT `inlay_install_to_integration` FOREIGN KEY (`integration_id`) REFERENCES `inlay_integration` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_environment_integration` VALUES ('01a22258-166f-77a7-8e82-638d3bad4f8d','01a22258-14c6-7c71-a55a-3d80ed81ce25','01a22258-145b-7859-a6e5-7046cc262a11',1,0,'{\"limit\":18446744073709551615}',3,10,1795872527983494,1795872528694281);
CREATE TABLE `inlay_grant` (
  `id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `integration_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `team_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `status` varchar(255) NOT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` > 0),
  `revision` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `inlay_grant_key` (`integration_id`,`team_id`),
  KEY `inlay_grant_order` (`created_at`,`id`),
  KEY `inlay_grant_integration` (`integration_id`,`created_at`,`id`),
  KEY `inlay_grant_team` (`team_id`,`created_at`,`id`),
  KEY `inlay_grant_status` (`status`,`created_at`,`id`),
  CONSTRAINT `inlay_grant_to_integration` FOREIGN KEY (`integration_id`) REFERENCES `inlay_integration` (`id`),
  CONSTRAINT `inlay_grant_to_team` FOREIGN KEY (`team_id`) REFERENCES `inlay_team` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_grant` VALUES ('01a22258-153e-7641-9791-d5cbb90d188a','01a22258-14c6-7c71-a55a-3d80ed81ce25','01a22258-12de-7438-9ed5-49ef2dad5a38','granted',2,7,1795872527678353,1795872527869497);
CREATE TABLE `inlay_commit` (
  `revision` bigint(20) NOT NULL,
  `token` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `actor` longtext NOT NULL,
  `reason` longtext DEFAULT NULL,
  `time` bigint(20) NOT NULL,
  PRIMARY KEY (`revision`),
  UNIQUE KEY `inlay_commit_token` (`token`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_commit` VALUES (1,'01a22258-12de-7465-97ba-98b18ae2db5d','',NULL,1795872527070273);
INSERT INTO `inlay_commit` VALUES (2,'01a22258-1343-79ef-b208-2175aa33e8dc','',NULL,1795872527171619);
INSERT INTO `inlay_commit` VALUES (3,'01a22258-1393-737b-a4f2-ed635560267a','',NULL,1795872527251216);
INSERT INTO `inlay_commit` VALUES (4,'01a22258-145b-7881-8309-462e2427076d','cli',NULL,1795872527451530);
INSERT INTO `inlay_commit` VALUES (5,'01a22258-14c6-7d2a-bbea-59e3b14180c5','o\'brien',NULL,1795872527558821);
INSERT INTO `inlay_commit` VALUES (6,'01a22258-153e-7653-a50a-057b6dd824bb','cli',NULL,1795872527678353);
INSERT INTO `inlay_commit` VALUES (7,'01a22258-15fd-7881-a812-1153f49e8b81','cli',NULL,1795872527869497);
INSERT INTO `inlay_commit` VALUES (8,'01a22258-166f-77ed-8c7a-372a5cda153b','cli',NULL,1795872527983494);
INSERT INTO `inlay_commit` VALUES (9,'01a22258-17e1-770c-8bf0-76bcb17988dc','cli',NULL,1795872528353411);
INSERT INTO `inlay_commit` VALUES (10,'01a22258-1936-7520-9b4c-0ba00c66a57a','cli','to \"see\"',1795872528694281);
INSERT INTO `inlay_commit` VALUES (11,'01a22258-1a29-77f3-9df4-29c7aa35e812','cli',NULL,1795872528937495);
INSERT INTO `inlay_commit` VALUES (12,'01a22258-1c2e-7e52-bd4f-61a61557e4d3','cli',NULL,1795872529454868);
CREATE TABLE `inlay_change` (
  `revision` bigint(20) NOT NULL,
  `ordinal` bigint(20) NOT NULL,
  `entity` varchar(255) NOT NULL,
  `row_id` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `kind` varchar(255) NOT NULL,
  `before` longtext DEFAULT NULL,
  `after` longtext DEFAULT NULL,
  PRIMARY KEY (`revision`,`ordinal`),
  KEY `inlay_change_row` (`row_id`,`entity`,`revision`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_change` VALUES (4,0,'environment','01a22258-145b-7859-a6e5-7046cc262a11','inserted',NULL,'{\"id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"name\":\"production\",\"version\":1,\"created_at\":\"2026-11-28T13:28:47.451530Z\",\"updated_at\":\"2026-11-28T13:28:47.451530Z\"}');
INSERT INTO `inlay_change` VALUES (5,0,'integration','01a22258-14c6-7c71-a55a-3d80ed81ce25','inserted',NULL,'{\"id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"name\":\"zendesk\",\"is_beta\":false,\"config\":{\"limit\":1.0,\"a\":[null,1e+300]},\"team_id\":\"01a22258-1343-79c2-b43f-ee4c8f396999\",\"sharing\":\"ask\",\"version\":1,\"created_at\":\"2026-11-28T13:28:47.558821Z\",\"updated_at\":\"2026-11-28T13:28:47.558821Z\"}');
INSERT INTO `inlay_change` VALUES (6,0,'grant','01a22258-153e-7641-9791-d5cbb90d188a','inserted',NULL,'{\"id\":\"01a22258-153e-7641-9791-d5cbb90d188a\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"status\":\"pending\",\"version\":1,\"created_at\":\"2026-11-28T13:28:47.678353Z\",\"updated_at\":\"2026-11-28T13:28:47.678353Z\"}');
INSERT INTO `inlay_change` VALUES (7,0,'grant','01a22258-153e-7641-9791-d5cbb90d188a','updated','{\"id\":\"01a22258-153e-7641-9791-d5cbb90d188a\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"status\":\"pending\",\"version\":1,\"created_at\":\"2026-11-28T13:28:47.678353Z\",\"updated_at\":\"2026-11-28T13:28:47.678353Z\"}','{\"id\":\"01a22258-153e-7641-9791-d5cbb90d188a\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"status\":\"granted\",\"version\":2,\"created_at\":\"2026-11-28T13:28:47.678353Z\",\"updated_at\":\"2026-11-28T13:28:47.869497Z\"}');
INSERT INTO `inlay_change` VALUES (8,0,'environment_integration','01a22258-166f-77a7-8e82-638d3bad4f8d','inserted',NULL,'{\"id\":\"01a22258-166f-77a7-8e82-638d3bad4f8d\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"environment_id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"show_in_catalog\":true,\"is_enabled\":true,\"version\":1,\"created_at\":\"2026-11-28T13:28:47.983494Z\",\"updated_at\":\"2026-11-28T13:28:47.983494Z\"}');
INSERT INTO `inlay_change` VALUES (9,0,'environment_integration','01a22258-166f-77a7-8e82-638d3bad4f8d','updated','{\"id\":\"01a22258-166f-77a7-8e82-638d3bad4f8d\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"environment_id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"show_in_catalog\":true,\"is_enabled\":true,\"version\":1,\"created_at\":\"2026-11-28T13:28:47.983494Z\",\"updated_at\":\"2026-11-28T13:28:47.983494Z\"}','{\"id\":\"01a22258-166f-77a7-8e82-638d3bad4f8d\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"environment_id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"show_in_catalog\":true,\"is_enabled\":true,\"override\":{\"limit\":18446744073709551615},\"version\":2,\"created_at\":\"2026-11-28T13:28:47.983494Z\",\"updated_at\":\"2026-11-28T13:28:48.353411Z\"}');
INSERT INTO `inlay_change` VALUES (10,0,'environment_integration','01a22258-166f-77a7-8e82-638d3bad4f8d','updated','{\"id\":\"01a22258-166f-77a7-8e82-638d3bad4f8d\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"environment_id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"show_in_catalog\":true,\"is_enabled\":true,\"override\":{\"limit\":18446744073709551615},\"version\":2,\"created_at\":\"2026-11-28T13:28:47.983494Z\",\"updated_at\":\"2026-11-28T13:28:48.353411Z\"}','{\"id\":\"01a22258-166f-77a7-8e82-638d3bad4f8d\",\"integration_id\":\"01a22258-14c6-7c71-a55a-3d80ed81ce25\",\"environment_id\":\"01a22258-145b-7859-a6e5-7046cc262a11\",\"show_in_catalog\":true,\"is_enabled\":false,\"override\":{\"limit\":18446744073709551615},\"version\":3,\"created_at\":\"2026-11-28T13:28:47.983494Z\",\"updated_at\":\"2026-11-28T13:28:48.694281Z\"}');
INSERT INTO `inlay_change` VALUES (11,0,'environment','01a22258-1a29-77c9-87b3-0d6df05df3ce','inserted',NULL,'{\"id\":\"01a22258-1a29-77c9-87b3-0d6df05df3ce\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"name\":\"gone\",\"version\":1,\"created_at\":\"2026-11-28T13:28:48.937495Z\",\"updated_at\":\"2026-11-28T13:28:48.937495Z\"}');
INSERT INTO `inlay_change` VALUES (12,0,'environment','01a22258-1a29-77c9-87b3-0d6df05df3ce','removed','{\"id\":\"01a22258-1a29-77c9-87b3-0d6df05df3ce\",\"team_id\":\"01a22258-12de-7438-9ed5-49ef2dad5a38\",\"name\":\"gone\",\"version\":1,\"created_at\":\"2026-11-28T13:28:48.937495Z\",\"updated_at\":\"2026-11-28T13:28:48.937495Z\"}',NULL);
CREATE TABLE `inlay_counter` (
  `id` bigint(20) NOT NULL CHECK (`id` = 1),
  `revision` bigint(20) NOT NULL,
  `compacted_through` bigint(20) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_counter` VALUES (1,12,3);
CREATE TABLE `inlay_migration` (
  `number` bigint(20) NOT NULL,
  `name` varchar(255) NOT NULL,
  `applied_at` bigint(20) NOT NULL,
  PRIMARY KEY (`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `inlay_migration` VALUES (1,'catalogue and change log',1795872525477176);
