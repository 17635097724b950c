# SPDX-License-Identifier: BSL-1.0
# CPack runs this on what it is about to put into packages: Debian's zsh looks for what packages bring in
# vendor-completions, and others' in site-functions, where inlay is installed otherwise.
if(CPACK_GENERATOR STREQUAL "DEB")
  file(GLOB _folders ${CPACK_TEMPORARY_DIRECTORY}/*${CPACK_PACKAGING_INSTALL_PREFIX}/share/zsh)
  foreach(_folder IN LISTS _folders)
    file(RENAME ${_folder}/site-functions ${_folder}/vendor-completions)
  endforeach()
endif()
