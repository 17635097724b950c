# SPDX-License-Identifier: BSL-1.0
#[exported_config
include(CMakeFindDependencyMacro)
find_dependency(inlay 0.1 COMPONENTS inlay)
include("${CMAKE_CURRENT_LIST_DIR}/acme-targets.cmake")
#]
