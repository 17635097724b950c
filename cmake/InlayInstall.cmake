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
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT core)

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

# For builds without CMake: every library that was built, in the order that a linker wants.
get_property(_libraries GLOBAL PROPERTY INLAY_LIBRARIES)
set(INLAY_PC_LIBS "")
foreach(_name inlay rest sqlite postgresql mysql sql memory core)
  if("inlay_${_name}" IN_LIST _libraries)
    get_target_property(_output inlay_${_name} OUTPUT_NAME)
    if(NOT _output)
      set(_output inlay_${_name})
    endif()
    string(APPEND INLAY_PC_LIBS " -l${_output}")
  endif()
endforeach()
if(INLAY_SQLITE_ENABLED)
  string(APPEND INLAY_PC_LIBS " -lsoci_sqlite3 -lsqlite3")
endif()
if(INLAY_POSTGRESQL_ENABLED)
  string(APPEND INLAY_PC_LIBS " -lsoci_postgresql -lpq")
endif()
if(INLAY_MYSQL_ENABLED)
  get_filename_component(_client "${MySQL_LIBRARY}" NAME_WE)
  string(REGEX REPLACE "^lib" "" _client "${_client}")
  string(APPEND INLAY_PC_LIBS " -lsoci_mysql -l${_client}")
endif()
if(TARGET inlay_sql)
  string(APPEND INLAY_PC_LIBS " -lsoci_core")
endif()
if(INLAY_REST_ENABLED)
  string(APPEND INLAY_PC_LIBS " -lboost_url -lcrypto")
endif()
string(APPEND INLAY_PC_LIBS " -lboost_json")
string(STRIP "${INLAY_PC_LIBS}" INLAY_PC_LIBS)
file(RELATIVE_PATH INLAY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" INLAY_PC_PREFIX "${INLAY_PC_PREFIX}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/inlay.pc.in ${PROJECT_BINARY_DIR}/inlay.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/inlay.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT inlay)
