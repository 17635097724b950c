# SPDX-License-Identifier: BSL-1.0
# Installs the libraries, headers and CMake package, so that find_package(inlay) works as the build tree does.
include_guard(GLOBAL)

# An export set for each part that has dependencies of its own, so that a program needs no more than what it asks for.
set(INLAY_EXPORT_SETS "")
foreach(_set core sql sqlite postgresql mysql rest inlay)
  set(_libraries inlay_${_set})
  if(_set STREQUAL "core")
    list(APPEND _libraries inlay_headers inlay_memory)
  endif()
  if(NOT TARGET inlay_${_set})
    continue()
  endif()
  list(APPEND INLAY_EXPORT_SETS ${_set})
  install(
    TARGETS ${_libraries}
    EXPORT inlay-${_set}-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${_set}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${_set}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${_set})
  install(EXPORT inlay-${_set}-targets NAMESPACE inlay:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay
          COMPONENT ${_set})
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/inlay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT core)

# The documents as they lie in the source, so that their links to each other lead somewhere. CMAKE_INSTALL_DOCDIR would be
# that of a project that inlay is a part of.
set(INLAY_DOCUMENTS_DIR ${CMAKE_INSTALL_DATAROOTDIR}/doc/inlay)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
              ${PROJECT_SOURCE_DIR}/SECURITY.md DESTINATION ${INLAY_DOCUMENTS_DIR} COMPONENT core)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${INLAY_DOCUMENTS_DIR} COMPONENT core
        FILES_MATCHING PATTERN "*.md" PATTERN "*.yaml" PATTERN "*.svg" PATTERN "*.cpp" PATTERN "*.hpp" PATTERN "*.json")

# The kit that certifies backends goes out as sources: whoever uses it compiles them with the Catch2 that they have.
set(INLAY_KIT_DIR ${CMAKE_INSTALL_DATADIR}/inlay/conformance)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tests/conformance/include/inlay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT core)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tests/conformance/ DESTINATION ${INLAY_KIT_DIR} COMPONENT core
        FILES_MATCHING PATTERN "*.cpp" PATTERN "*.hpp" PATTERN subjects EXCLUDE PATTERN include EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/backends/README.md DESTINATION ${INLAY_KIT_DIR} COMPONENT core)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/inlay-config.cmake.in ${PROJECT_BINARY_DIR}/inlay-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay PATH_VARS INLAY_KIT_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/inlay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/inlay-config.cmake ${PROJECT_BINARY_DIR}/inlay-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindSOCI.cmake ${PROJECT_SOURCE_DIR}/cmake/FindMySQL.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay COMPONENT core)

# For builds without CMake: inlay.pc has everything that was built, and each part one of its own, inlay-<part>.pc.
file(RELATIVE_PATH INLAY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" INLAY_PC_PREFIX "${INLAY_PC_PREFIX}")

# inlay_pc(name component "what it is" REQUIRES PARTS... LIBS FLAGS...): of what is linked, each before what it needs.
function(inlay_pc name component description)
  cmake_parse_arguments(PARSE_ARGV 3 INLAY_PC "" "" "REQUIRES;LIBS")
  set(INLAY_PC_NAME ${name})
  set(INLAY_PC_DESCRIPTION "${description}")
  list(TRANSFORM INLAY_PC_REQUIRES REPLACE "(.+)" "inlay-\\1 = ${PROJECT_VERSION}")
  list(JOIN INLAY_PC_REQUIRES ", " INLAY_PC_REQUIRES)
  list(JOIN INLAY_PC_LIBS " " INLAY_PC_LIBS)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/inlay.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${component})
endfunction()

set(_libdir "-L\${libdir}")
inlay_pc(inlay-headers core "The headers of inlay, for a program that brings the definitions itself" LIBS -lboost_json
         -lcrypto)
inlay_pc(inlay-core core "The core of inlay, which knows no backend" LIBS ${_libdir} -linlay_core -lboost_json -lcrypto)
inlay_pc(inlay-memory core "Stores of inlay in memory" REQUIRES core LIBS ${_libdir} -linlay_memory)
set(_parts memory)
if(TARGET inlay_sql)
  inlay_pc(inlay-sql sql "What the SQL stores of inlay share" REQUIRES core LIBS ${_libdir} -linlay_sql -lsoci_core)
endif()
if(INLAY_SQLITE_ENABLED)
  inlay_pc(inlay-sqlite sqlite "Stores of inlay in SQLite" REQUIRES sql LIBS ${_libdir} -linlay_sqlite -lsoci_sqlite3
           -lsqlite3)
  list(APPEND _parts sqlite)
endif()
if(INLAY_POSTGRESQL_ENABLED)
  inlay_pc(inlay-postgresql postgresql "Stores of inlay in PostgreSQL" REQUIRES sql LIBS ${_libdir} -linlay_postgresql
           -lsoci_postgresql -lpq)
  list(APPEND _parts postgresql)
endif()
if(INLAY_MYSQL_ENABLED)
  get_filename_component(_client "${MySQL_LIBRARY}" NAME_WE)
  string(REGEX REPLACE "^lib" "" _client "${_client}")
  inlay_pc(inlay-mysql mysql "Stores of inlay in MySQL" REQUIRES sql LIBS ${_libdir} -linlay_mysql -lsoci_mysql
           -l${_client})
  list(APPEND _parts mysql)
endif()
if(INLAY_REST_ENABLED)
  inlay_pc(inlay-rest rest "The REST resource of inlay" REQUIRES core LIBS ${_libdir} -linlay_rest -lboost_url -lcrypto)
  list(APPEND _parts rest)
endif()
inlay_pc(inlay inlay "${PROJECT_DESCRIPTION}" REQUIRES ${_parts} LIBS ${_libdir} -linlay)
