// SPDX-License-Identifier: Apache-2.0
#include "board/pdudaemon.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/link_guard.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr size_t kMaxAnswer = 64 << 10;
constexpr size_t kMaxShown = 2000;

struct Answer {
  int status = 0;
  std::string text;  // At most kMaxAnswer.
};

// What the daemon answers to GET `path`.
absl::StatusOr<Answer> Get(const v1::PduDaemon& daemon, const std::string& path,
                           const std::string& what, absl::Time deadline, const StopToken& stop) {
  httplib::Client client(std::string(absl::StripSuffix(daemon.url(), "/")));
  if (!client.is_valid())
    return absl::InvalidArgumentError(absl::StrCat(what, ": expected http://HOST:PORT"));
  const auto left = absl::ToChronoMicroseconds(
      std::clamp(deadline - absl::Now(), absl::Milliseconds(1), absl::Hours(1)));
  client.set_connection_timeout(left);
  // The guard ends what takes too long, and knows why.
  client.set_read_timeout(left + std::chrono::minutes(1));
  client.set_write_timeout(left + std::chrono::minutes(1));
  std::string said;
  const LinkGuard guard([&client] { client.stop(); }, deadline, stop);
  const httplib::Result answer = client.Get(path, [&said](const char* bytes, size_t size) {
    said.append(bytes, std::min(size, kMaxAnswer - said.size()));
    return said.size() < kMaxAnswer;
  });
  if (answer) return Answer{answer->status, std::move(said)};
  ROXLAB_RETURN_IF_ERROR(guard.Verdict(what));
  if (absl::Now() >= deadline)  // Of connecting.
    return absl::DeadlineExceededError(absl::StrCat(what, ": not done within its time"));
  return absl::UnavailableError(absl::StrCat(what, ": ", httplib::to_string(answer.error())));
}

}  // namespace

absl::Status AskPduDaemon(const v1::PduDaemon& daemon, absl::string_view verb, absl::Time deadline,
                          const StopToken& stop) {
  const std::string what = absl::StrCat("power ", verb, ": pdudaemon at ", daemon.url());
  const std::string path =
      httplib::append_query_params(absl::StrCat("/power/control/", verb),
                                   {{"hostname", daemon.hostname()}, {"port", daemon.port()}});
  ROXLAB_ASSIGN_OR_RETURN(const Answer answer, Get(daemon, path, what, deadline, stop));
  if (answer.status == 200) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(what, " ", path, ": HTTP ", answer.status, ": ",
                   Printable(absl::StripAsciiWhitespace(answer.text), kMaxShown)));
}

absl::Status ReachPduDaemon(const v1::PduDaemon& daemon, absl::Time deadline,
                            const StopToken& stop) {
  return Get(daemon, "/", absl::StrCat("pdudaemon at ", daemon.url()), deadline, stop).status();
}

}  // namespace roxlab
