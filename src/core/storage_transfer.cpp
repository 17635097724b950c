// SPDX-License-Identifier: BSL-1.0
#include <inlay/storage/impl/transfer.ipp>
