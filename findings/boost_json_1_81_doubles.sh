#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Boost.JSON 1.81 (Debian 12): parse() does not give the nearest double, so that parse(serialize(x)) is often not x.
#
# The parser adds up digits in a 64-bit integer and scales the sum by a power of ten in double arithmetic, which rounds
# more than once. Of doubles with random bits, as serialize() itself writes them (17 significant digits), more than a
# quarter come back as a neighbour. Versions from 1.83 on have parse_options::numbers for it; 1.81 has nothing. A store
# that reads and writes documents this way changes numbers that nobody touched.
set -euo pipefail

boost=1.81.0-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "libboost1.81-dev=$boost" "libboost-json1.81-dev=$boost" "libboost-json1.81.0=$boost" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
cat >doubles.cpp <<'END'
#include <boost/json.hpp>
#include <boost/version.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>

int main() {
  std::printf("Boost version %s\n", BOOST_LIB_VERSION);
  std::mt19937_64 random(20260101);
  int wrong = 0;
  for (int i = 0; i < 200000;) {
    std::uint64_t const bits = random();
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number) || std::abs(number) < 1e-300) continue;
    ++i;
    if (boost::json::parse(boost::json::serialize(boost::json::value(number))).as_double() != number) ++wrong;
  }
  std::printf("%d of 200000 doubles came back as another one\n", wrong);
  return wrong > 50000 ? 0 : 1;
}
END
library=$(dirname "$(find root -name 'libboost_json.so.1.81.0')")
g++ -std=c++17 -O1 -isystem root/usr/include doubles.cpp -o doubles "$library/libboost_json.so.1.81.0"
LD_LIBRARY_PATH=$library ./doubles || { echo "CHANGED: they were more than 50000"; exit 1; }
