// SPDX-License-Identifier: BSL-1.0
// CMake compiles the precompiled headers of a library for a source that uses them, of which main.cpp is none.
