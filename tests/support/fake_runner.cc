// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_runner.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/channel.h"
#include "client/grpc_status.h"
#include "common/hash.h"

namespace roxlab {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

}  // namespace

FakeRunner::FakeRunner(const std::string& address, const std::string& name, Credentials credentials)
    : name_(name), credentials_(std::move(credentials)) {
  says_.set_protocol(1);
  says_.set_runner(name);
  says_.set_build_slots(1);
  says_.set_run_slots(2);
  says_.add_tags("arch=arm64");
  says_.add_tags("machine=qemu");
  Restart();
  Connect(address);
}

void FakeRunner::Restart() {
  says_.set_session(RandomHex(8));
  jobs_.clear();
}

void FakeRunner::Connect(const std::string& address) {
  auto channel = MakeChannel(address, credentials_);
  hub_ = v1::RunnerHub::NewStub(channel);
  artifacts_ = v1::Artifacts::NewStub(channel);
}

absl::StatusOr<v1::SynchronizeResponse> FakeRunner::Synchronize(uint32_t max_wait_ms) {
  v1::SynchronizeRequest request = says_;
  request.set_max_wait_ms(max_wait_ms);
  for (const auto& [id, job] : jobs_) {
    v1::JobStatus& status = *request.add_jobs();
    status.set_job(id);
    status.mutable_progress()->set_stage(job.has_build() ? "compile" : "boot");
  }
  grpc::ClientContext context;
  SetDeadline(context);
  v1::SynchronizeResponse response;
  if (grpc::Status status = hub_->Synchronize(&context, request, &response); !status.ok())
    return FromGrpc(status);
  for (const v1::Job& job : response.jobs()) jobs_[job.id()] = job;
  for (const std::string& job : response.drop()) {
    jobs_.erase(job);
    dropped_.push_back(job);
  }
  return response;
}

absl::Status FakeRunner::WaitForJobs(size_t count) {
  const absl::Time end = absl::Now() + kPatience;
  while (jobs_.size() < count) {
    // Short waits: a test's clock may stand still, and with it the end of a long one.
    absl::StatusOr<v1::SynchronizeResponse> response = Synchronize(0);
    if (!response.ok()) return response.status();
    if (absl::Now() > end) {
      return absl::DeadlineExceededError(
          absl::StrCat(name_, " has ", jobs_.size(), " jobs, not ", count));
    }
  }
  return absl::OkStatus();
}

absl::Status FakeRunner::WaitForDrop(const std::string& job) {
  const absl::Time end = absl::Now() + kPatience;
  while (std::find(dropped_.begin(), dropped_.end(), job) == dropped_.end()) {
    absl::StatusOr<v1::SynchronizeResponse> response = Synchronize(0);
    if (!response.ok()) return response.status();
    if (absl::Now() > end) return absl::DeadlineExceededError(absl::StrCat(job, " not dropped"));
  }
  return absl::OkStatus();
}

v1::FinishJobRequest FakeRunner::Passed(const v1::Job& job, double l3_entries) {
  v1::FinishJobRequest result;
  result.set_job(job.id());
  result.set_runner(name_);
  result.set_verdict(v1::PASS);
  if (job.has_build()) {
    *result.add_artifacts() = *Upload("Image", "image of " + job.build().build());
    result.set_base_tree("tree-1");
    result.set_compiler("gcc (fake)");
    return result;
  }
  result.add_argv("qemu-system-aarch64");
  result.add_argv("-append");
  result.add_argv("");
  v1::Snapshot& snapshot = *result.add_snapshots();
  snapshot.set_phase("loaded");
  snapshot.set_collector("ptdump");
  *snapshot.mutable_raw() = *Upload("ptdump.loaded.txt", absl::StrCat("dump ", l3_entries));
  v1::Metric& metric = *snapshot.add_metrics();
  metric.set_name("linear.l3_entries");
  metric.set_value(l3_entries);
  metric.set_unit("entries");
  return result;
}

v1::FinishJobRequest FakeRunner::Ended(const v1::Job& job, v1::Verdict verdict,
                                       const std::string& kind, const std::string& summary) const {
  v1::FinishJobRequest result;
  result.set_job(job.id());
  result.set_runner(name_);
  result.set_verdict(verdict);
  result.mutable_failure()->set_kind(kind);
  result.mutable_failure()->set_summary(summary);
  return result;
}

absl::Status FakeRunner::Finish(const v1::FinishJobRequest& result) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::FinishJobResponse response;
  grpc::Status status = hub_->FinishJob(&context, result, &response);
  if (status.ok()) jobs_.erase(result.job());
  return FromGrpc(status);
}

absl::StatusOr<uint64_t> FakeRunner::AppendLog(const std::string& job, uint64_t offset,
                                               absl::string_view data) {
  v1::AppendLogRequest request;
  request.set_job(job);
  request.set_runner(name_);
  request.set_offset(offset);
  request.set_data(std::string(data));
  grpc::ClientContext context;
  SetDeadline(context);
  v1::AppendLogResponse response;
  if (grpc::Status status = hub_->AppendLog(&context, request, &response); !status.ok())
    return FromGrpc(status);
  return response.length();
}

absl::StatusOr<v1::Artifact> FakeRunner::Upload(const std::string& name, absl::string_view content,
                                                const std::string& claimed) {
  v1::Artifact artifact;
  artifact.set_name(name);
  artifact.set_sha256(claimed.empty() ? Sha256Hex(content) : claimed);
  artifact.set_size(content.size());
  grpc::ClientContext context;
  SetDeadline(context);
  v1::UploadResponse response;
  auto writer = artifacts_->Upload(&context, &response);
  v1::UploadRequest request;
  request.set_sha256(artifact.sha256());
  do {
    request.set_data(std::string(content.substr(0, 64 * 1024)));
    content.remove_prefix(std::min<size_t>(content.size(), 64 * 1024));
    if (!writer->Write(request)) break;
    request.clear_sha256();
  } while (!content.empty());
  writer->WritesDone();
  if (grpc::Status status = writer->Finish(); !status.ok()) return FromGrpc(status);
  return artifact;
}

}  // namespace roxlab
