# SPDX-License-Identifier: BSL-1.0
#[=======================================================================[.rst:
FindSOCI
--------

Finds SOCI, the C++ database access library, where no CMake package of its own is installed (Debian has none).

Components: ``sqlite3``, ``postgresql``, ``mysql``, ``odbc``, ``firebird``, ``empty``.

Imported targets: ``SOCI::core``, and ``SOCI::<component>`` for each component that was found.

Result variables: ``SOCI_FOUND``, ``SOCI_VERSION``, ``SOCI_<component>_FOUND``.
Cache variables: ``SOCI_INCLUDE_DIR``, ``SOCI_core_LIBRARY``, ``SOCI_<component>_LIBRARY``.
#]=======================================================================]

find_path(SOCI_INCLUDE_DIR NAMES soci/soci.h)
find_library(SOCI_core_LIBRARY NAMES soci_core soci_core_4_0)
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
  find_library(SOCI_${_component}_LIBRARY NAMES soci_${_component} soci_${_component}_4_0)
  mark_as_advanced(SOCI_${_component}_LIBRARY)
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
