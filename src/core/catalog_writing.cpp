// SPDX-License-Identifier: BSL-1.0
#include <inlay/catalog/impl/writer.ipp>
