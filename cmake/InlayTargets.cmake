# SPDX-License-Identifier: BSL-1.0
include_guard(GLOBAL)

# inlay_warnings(target): the warnings our own code is held to. Those of who embeds us are no errors in it, even where
# theirs are.
function(inlay_warnings target)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # GCC 12 warns of std::string's own copying when it optimises (GCC bug 105651), and at -O3, or with sanitizers, of
      # what an empty std::optional would hold (GCC bug 80635).
      target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 22)
      # Clang 22 warns of __COUNTER__, which the macros of Catch2 and Google Benchmark number their tests by.
      target_compile_options(${target} PRIVATE -Wno-c2y-extensions)
    endif()
    if(INLAY_WARNINGS_AS_ERRORS)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  else()
    target_compile_options(${target} PRIVATE -Wno-error)
  endif()
endfunction()

# While the major version is 0, another minor version may break the ABI, so the name that programs link to has both.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(INLAY_SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
else()
  set(INLAY_SOVERSION ${PROJECT_VERSION_MAJOR})
endif()

# inlay_library(name SOURCES...): the target inlay_<name>, known as inlay::<name> in the build tree and when installed.
function(inlay_library name)
  add_library(inlay_${name} ${ARGN})
  add_library(inlay::${name} ALIAS inlay_${name})
  set_target_properties(inlay_${name} PROPERTIES EXPORT_NAME ${name} VERSION ${PROJECT_VERSION}
                                                 SOVERSION ${INLAY_SOVERSION} POSITION_INDEPENDENT_CODE ON)
  if(BUILD_SHARED_LIBS)
    # The libraries need each other, wherever they are installed.
    set_target_properties(inlay_${name} PROPERTIES INSTALL_RPATH "$ORIGIN")
  endif()
  if(name STREQUAL "inlay")
    set_target_properties(inlay_inlay PROPERTIES OUTPUT_NAME inlay)
  endif()
  target_compile_features(inlay_${name} PUBLIC cxx_std_20)
  inlay_warnings(inlay_${name})
  set_property(GLOBAL APPEND PROPERTY INLAY_LIBRARIES inlay_${name})
endfunction()
