// SPDX-License-Identifier: Apache-2.0
#include "runner/errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "common/printable.h"

namespace roxlab {
namespace {

constexpr char kFailurePayload[] = "roxlab.v1.Failure";
constexpr size_t kMaxSummary = 1000;
constexpr size_t kMaxExcerpt = size_t{16} << 10;

absl::Status Make(absl::StatusCode code, absl::string_view kind, absl::string_view summary,
                  absl::string_view excerpt) {
  v1::Failure failure;
  failure.set_kind(std::string(kind));
  failure.set_summary(Printable(summary, kMaxSummary));
  failure.set_excerpt(Printable(excerpt, kMaxExcerpt));
  absl::Status status(code, failure.summary());
  status.SetPayload(kFailurePayload, absl::Cord(failure.SerializeAsString()));
  return status;
}

}  // namespace

absl::Status VariantError(absl::string_view kind, absl::string_view summary,
                          absl::string_view excerpt) {
  return Make(absl::StatusCode::kAborted, kind, summary, excerpt);
}

absl::Status InfraError(absl::string_view kind, absl::string_view summary,
                        absl::string_view excerpt) {
  return Make(absl::StatusCode::kUnavailable, kind, summary, excerpt);
}

absl::Status InfraError(const absl::Status& status, absl::string_view kind) {
  if (status.ok() || absl::IsCancelled(status) || status.GetPayload(kFailurePayload)) return status;
  return InfraError(absl::IsResourceExhausted(status) ? "disk" : kind, status.message());
}

absl::Status InContext(const absl::Status& status, absl::string_view where) {
  if (status.ok()) return status;
  const std::string message = absl::StrCat(where, ": ", status.message());
  const absl::optional<absl::Cord> payload = status.GetPayload(kFailurePayload);
  if (!payload) return absl::Status(status.code(), message);
  const v1::Failure failure = FailureOf(status);
  return Make(status.code(), failure.kind(), message, failure.excerpt());
}

v1::Verdict VerdictOf(const absl::Status& status) {
  if (status.ok()) return v1::PASS;
  if (absl::IsCancelled(status)) return v1::CANCELLED;
  bool ours = !status.GetPayload(kFailurePayload) || !absl::IsAborted(status);
  return ours ? v1::ERROR : v1::FAIL;
}

v1::Failure FailureOf(const absl::Status& status) {
  v1::Failure failure;
  if (status.ok()) return failure;
  absl::optional<absl::Cord> payload = status.GetPayload(kFailurePayload);
  if (payload && failure.ParseFromString(std::string(*payload))) return failure;
  return absl::IsCancelled(status) ? failure : FailureOf(InfraError(status));
}

JobResult EndedBy(const absl::Status& status, JobResult result) {
  result.set_verdict(VerdictOf(status));
  if (!status.ok()) *result.mutable_failure() = FailureOf(status);
  return result;
}

}  // namespace roxlab
