// SPDX-License-Identifier: Apache-2.0
#include "cli/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace roxlab {

std::string When(int64_t ms) {
  if (ms == 0) return "-";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixMillis(ms), absl::LocalTimeZone());
}

std::string Took(int64_t from_ms, int64_t to_ms) {
  return from_ms == 0 || to_ms == 0
             ? "-"
             : absl::StrFormat("%.1f s",
                               absl::ToDoubleSeconds(absl::Milliseconds(to_ms - from_ms)));
}

std::string Standing(v1::State state, v1::Verdict verdict) {
  return state == v1::DONE ? v1::Verdict_Name(verdict) : v1::State_Name(state);
}

std::string About(uint32_t seconds) {
  if (seconds < 60) return absl::StrCat(seconds, " s");
  const uint32_t minutes = (seconds + 59) / 60;
  if (minutes < 60) return absl::StrCat(minutes, " min");
  return absl::StrCat(minutes / 60, " h ", minutes % 60, " min");
}

}  // namespace roxlab
