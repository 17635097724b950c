# SPDX-License-Identifier: BSL-1.0
#[=======================================================================[.rst:
FindMySQL
---------

Finds the C client library of MySQL or MariaDB, which SOCI's MySQL backend is made for. (CMake has no such module.)

Imported targets: ``MySQL::client``, and ``MySQL::MySQL`` for it, as the package that SOCI 4.1 installs names it.

Result variable: ``MySQL_FOUND``. Cache variables: ``MySQL_INCLUDE_DIR``, ``MySQL_LIBRARY``.
#]=======================================================================]

# Debian has MariaDB's, others have either or both; SOCI there was built with the same.
find_path(MySQL_INCLUDE_DIR NAMES mysql.h PATH_SUFFIXES mariadb mysql)
find_library(MySQL_LIBRARY NAMES mariadb mariadbclient mysqlclient PATH_SUFFIXES mariadb mysql)
mark_as_advanced(MySQL_INCLUDE_DIR MySQL_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MySQL REQUIRED_VARS MySQL_LIBRARY MySQL_INCLUDE_DIR)

if(MySQL_FOUND AND NOT TARGET MySQL::client)
  add_library(MySQL::client UNKNOWN IMPORTED)
  set_target_properties(MySQL::client PROPERTIES IMPORTED_LOCATION "${MySQL_LIBRARY}"
                                                 INTERFACE_INCLUDE_DIRECTORIES "${MySQL_INCLUDE_DIR}")
endif()
if(TARGET MySQL::client AND NOT TARGET MySQL::MySQL)
  add_library(MySQL::MySQL INTERFACE IMPORTED)
  set_target_properties(MySQL::MySQL PROPERTIES INTERFACE_LINK_LIBRARIES MySQL::client)
endif()
