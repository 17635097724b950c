# SPDX-License-Identifier: BSL-1.0
# What inlay needs from the system; an error names the Debian package to install.
include_guard(GLOBAL)

find_package(Boost 1.81 QUIET COMPONENTS json)
if(NOT Boost_FOUND)
  message(
    FATAL_ERROR
      "inlay needs Boost 1.81 or newer, with Boost.JSON.\n"
      "On Debian 12: apt-get install libboost1.81-dev libboost-json1.81-dev "
      "(Debian's default Boost there is 1.74, which is too old)")
endif()
find_package(Threads REQUIRED)

# Decides one optional part: sets <variable>_ENABLED, or stops when it was required and can't be had.
# usage: inlay_decide(INLAY_SQLITE "SQLite backend" <found?> "what to install")
function(inlay_decide variable what found packages)
  set(enabled OFF)
  if(${variable} STREQUAL "AUTO")
    if(found)
      set(enabled ON)
      message(STATUS "inlay: ${what}: built (${variable}=AUTO)")
    else()
      message(STATUS "inlay: ${what}: not built, its packages were not found (${packages})")
    endif()
  elseif(${variable})
    if(NOT found)
      message(FATAL_ERROR "inlay: ${variable}=ON, but what it needs was not found.\nOn Debian 12: apt-get install ${packages}")
    endif()
    set(enabled ON)
    message(STATUS "inlay: ${what}: built (${variable}=ON)")
  else()
    message(STATUS "inlay: ${what}: not built (${variable}=OFF)")
  endif()
  set(${variable}_ENABLED ${enabled} PARENT_SCOPE)
endfunction()

set(_sqlite_found FALSE)
if(NOT INLAY_SQLITE STREQUAL "OFF")
  find_package(SOCI 4.0 QUIET COMPONENTS sqlite3)
  find_package(SQLite3 QUIET)
  if(SOCI_sqlite3_FOUND AND SQLite3_FOUND)
    set(_sqlite_found TRUE)
  endif()
endif()
inlay_decide(INLAY_SQLITE "SQLite backend" ${_sqlite_found} "libsoci-dev libsqlite3-dev")

set(_rest_found FALSE)
if(NOT INLAY_REST STREQUAL "OFF")
  find_package(Boost 1.81 QUIET OPTIONAL_COMPONENTS url)
  if(TARGET Boost::url)
    set(_rest_found TRUE)
  endif()
endif()
inlay_decide(INLAY_REST "REST resource" ${_rest_found} "libboost-url1.81-dev")
