# SPDX-License-Identifier: BSL-1.0
# Installs the libraries, headers and CMake package, so that find_package(inlay) works as the build tree does.
include_guard(GLOBAL)

get_property(_libraries GLOBAL PROPERTY INLAY_LIBRARIES)
install(
  TARGETS ${_libraries}
  EXPORT inlay-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/inlay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT inlay-targets NAMESPACE inlay:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/inlay-config.cmake.in ${PROJECT_BINARY_DIR}/inlay-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/inlay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/inlay-config.cmake ${PROJECT_BINARY_DIR}/inlay-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindSOCI.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
