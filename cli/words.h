// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_WORDS_H_
#define ROXLAB_CLI_WORDS_H_

#include <cstdint>
#include <string>

#include "roxlab/v1/record.pb.h"

namespace roxlab {

// Local time, "2026-01-31 12:00:00"; "-" for 0.
std::string When(int64_t ms);
// "12.3 s"; "-" while either end is 0.
std::string Took(int64_t from_ms, int64_t to_ms);
// The verdict of what is done, the state of what is not.
std::string Standing(v1::State state, v1::Verdict verdict);
// "40 s", "4 min", "2 h 10 min".
std::string About(uint32_t seconds);

}  // namespace roxlab

#endif  // ROXLAB_CLI_WORDS_H_
