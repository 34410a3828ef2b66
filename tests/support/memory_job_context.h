// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_MEMORY_JOB_CONTEXT_H_
#define ROXLAB_TESTS_SUPPORT_MEMORY_JOB_CONTEXT_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/files.h"
#include "common/hash.h"
#include "runner/job.h"

namespace roxlab {

// A job's world without a server: artifacts to fetch are local files by name, stored ones are
// kept in memory.
class MemoryJobContext : public JobContext {
 public:
  void Log(absl::string_view bytes) override { log.append(bytes.data(), bytes.size()); }
  void Report(const v1::Progress& progress) override {
    progress_seen.push_back(progress);
    if (on_report) on_report(progress);
  }
  absl::StatusOr<std::filesystem::path> Fetch(const v1::Artifact& artifact) override {
    auto found = files.find(artifact.name());
    if (found == files.end()) return absl::NotFoundError("no artifact " + artifact.name());
    return found->second;
  }
  absl::StatusOr<v1::Artifact> Store(absl::string_view name,
                                     const std::filesystem::path& file) override {
    if (!store_error.ok()) return store_error;
    absl::StatusOr<std::string> content = ReadFile(file);
    if (!content.ok()) return content.status();
    v1::Artifact artifact;
    artifact.set_name(std::string(name));
    artifact.set_sha256(Sha256Hex(*content));
    artifact.set_size(content->size());
    stored[std::string(name)] = *std::move(content);
    return artifact;
  }
  const std::filesystem::path& scratch() const override { return dir_.path(); }
  const StopToken& stop() const override { return stop_; }

  StopToken stop_;
  std::string log;
  std::vector<v1::Progress> progress_seen;
  std::function<void(const v1::Progress&)> on_report;
  std::map<std::string, std::filesystem::path> files;
  std::map<std::string, std::string> stored;
  absl::Status store_error;

 private:
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "job-");
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_MEMORY_JOB_CONTEXT_H_
