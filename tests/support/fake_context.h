// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_FAKE_CONTEXT_H_
#define ROXLAB_TESTS_SUPPORT_FAKE_CONTEXT_H_

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/files.h"
#include "common/hash.h"
#include "runner/job.h"

namespace roxlab {

// A job's world kept in memory and in one directory.
class FakeContext : public JobContext {
 public:
  explicit FakeContext(std::filesystem::path directory)
      : directory_(std::move(directory)), scratch_(directory_ / "scratch") {
    std::filesystem::create_directories(scratch_);
  }

  void Log(absl::string_view bytes) override { log.append(bytes.data(), bytes.size()); }
  void Report(const v1::Progress& progress) override {
    if (stages.empty() || stages.back() != progress.stage()) stages.push_back(progress.stage());
    if (progress.stage() == stop_at) stop_.Stop();
  }
  absl::StatusOr<std::filesystem::path> Fetch(const v1::Artifact& artifact) override {
    auto found = files.find(artifact.name());
    if (found == files.end()) return absl::NotFoundError(artifact.name());
    return found->second;
  }
  absl::StatusOr<v1::Artifact> Store(absl::string_view name,
                                     const std::filesystem::path& file) override {
    const std::filesystem::path kept = directory_ / std::string(name);
    std::filesystem::copy_file(file, kept, std::filesystem::copy_options::overwrite_existing);
    files[std::string(name)] = kept;
    v1::Artifact artifact;
    artifact.set_name(std::string(name));
    artifact.set_sha256(*Sha256HexOfFile(kept));
    artifact.set_size(std::filesystem::file_size(kept));
    return artifact;
  }
  const std::filesystem::path& scratch() const override { return scratch_; }
  const StopToken& stop() const override { return stop_; }

  std::string log;
  std::vector<std::string> stages;                     // Each once per change.
  std::map<std::string, std::filesystem::path> files;  // What was stored, or may be fetched.
  std::string stop_at;                                 // The job is stopped when it reports this.

 private:
  const std::filesystem::path directory_, scratch_;
  StopToken stop_;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_FAKE_CONTEXT_H_
