// SPDX-License-Identifier: BSL-1.0
#ifndef INLAY_MODEL_SRC_HPP
#define INLAY_MODEL_SRC_HPP

// The definitions of the model floor. Part of inlay/src.hpp.

#include <inlay/model/impl/json_form.ipp>

#endif
