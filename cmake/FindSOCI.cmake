# SPDX-License-Identifier: BSL-1.0
#[=======================================================================[.rst:
FindSOCI
--------

Finds SOCI, the C++ database access library: by its own CMake package where there is one, as SOCI 4.1 installs it, else
by its libraries (Debian's 4.0 has no package).

Components: ``sqlite3``, ``postgresql``, ``mysql``, ``odbc``, ``firebird``, ``empty``. Its own package calls them
``SQLite3``, ``PostgreSQL`` and so on, and the core ``SOCI::Core``.

Imported targets: ``SOCI::core``, and ``SOCI::<component>`` for each component that was found.

Result variables: ``SOCI_FOUND``, ``SOCI_VERSION``, ``SOCI_<component>_FOUND``.
Cache variables: ``SOCI_INCLUDE_DIR``, ``SOCI_core_LIBRARY``, ``SOCI_<component>_LIBRARY``.
#]=======================================================================]

set(_soci_own_names core=Core sqlite3=SQLite3 postgresql=PostgreSQL mysql=MySQL odbc=ODBC firebird=Firebird empty=Empty)
set(_soci_wanted core ${SOCI_FIND_COMPONENTS})
foreach(_pair IN LISTS _soci_own_names)
  string(REGEX MATCH "^([^=]+)=(.*)$" _ "${_pair}")
  set(_component "${CMAKE_MATCH_1}")
  set(_own_name "${CMAKE_MATCH_2}")
  if(NOT _component IN_LIST _soci_wanted OR TARGET SOCI::${_component})
    continue()
  endif()
  find_package(SOCI CONFIG QUIET COMPONENTS ${_own_name})
  if(TARGET SOCI::${_own_name})
    add_library(SOCI::${_component} INTERFACE IMPORTED)
    set_target_properties(SOCI::${_component} PROPERTIES INTERFACE_LINK_LIBRARIES SOCI::${_own_name})
    set(SOCI_${_component}_LIBRARY SOCI::${_own_name})
    if(_component STREQUAL "core")
      get_target_property(SOCI_INCLUDE_DIR SOCI::Core INTERFACE_INCLUDE_DIRECTORIES)
      list(GET SOCI_INCLUDE_DIR 0 SOCI_INCLUDE_DIR)
    endif()
  endif()
endforeach()

find_path(SOCI_INCLUDE_DIR NAMES soci/soci.h)
if(NOT SOCI_core_LIBRARY)
  find_library(SOCI_core_LIBRARY NAMES soci_core soci_core_4_0)
endif()
mark_as_advanced(SOCI_INCLUDE_DIR SOCI_core_LIBRARY)

if(SOCI_INCLUDE_DIR AND EXISTS "${SOCI_INCLUDE_DIR}/soci/version.h")
  file(STRINGS "${SOCI_INCLUDE_DIR}/soci/version.h" _soci_version REGEX "^#define[ \t]+SOCI_VERSION[ \t]+[0-9]+")
  if(_soci_version MATCHES "([0-9]+)$")
    math(EXPR _soci_major "${CMAKE_MATCH_1} / 100000")
    math(EXPR _soci_minor "${CMAKE_MATCH_1} / 100 % 1000")
    math(EXPR _soci_patch "${CMAKE_MATCH_1} % 100")
    set(SOCI_VERSION "${_soci_major}.${_soci_minor}.${_soci_patch}")
  endif()
endif()

if(SOCI_INCLUDE_DIR AND SOCI_core_LIBRARY AND NOT TARGET SOCI::core)
  add_library(SOCI::core UNKNOWN IMPORTED)
  set_target_properties(SOCI::core PROPERTIES IMPORTED_LOCATION "${SOCI_core_LIBRARY}"
                                              INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR}")
endif()

foreach(_component IN LISTS SOCI_FIND_COMPONENTS)
  if(NOT SOCI_${_component}_LIBRARY)
    find_library(SOCI_${_component}_LIBRARY NAMES soci_${_component} soci_${_component}_4_0)
    mark_as_advanced(SOCI_${_component}_LIBRARY)
  endif()
  if(SOCI_${_component}_LIBRARY AND TARGET SOCI::core)
    set(SOCI_${_component}_FOUND TRUE)
    if(NOT TARGET SOCI::${_component})
      add_library(SOCI::${_component} UNKNOWN IMPORTED)
      set_target_properties(SOCI::${_component} PROPERTIES IMPORTED_LOCATION "${SOCI_${_component}_LIBRARY}"
                                                           INTERFACE_LINK_LIBRARIES SOCI::core)
    endif()
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  SOCI
  REQUIRED_VARS SOCI_core_LIBRARY SOCI_INCLUDE_DIR
  VERSION_VAR SOCI_VERSION
  HANDLE_COMPONENTS)
