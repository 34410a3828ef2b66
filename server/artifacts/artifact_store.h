// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_ARTIFACTS_ARTIFACT_STORE_H_
#define ROXLAB_SERVER_ARTIFACTS_ARTIFACT_STORE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/files.h"
#include "common/hash.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// A directory of files named by the SHA-256 of their content: DIR/ab/cd/abcd...; a file that can
// be seen is whole and on the disk. Thread-safe; one process per directory.
// Hashes are lower-case hex; anything else is INVALID_ARGUMENT and never touches the disk. A full
// disk is RESOURCE_EXHAUSTED.
class ArtifactStore {
 public:
  // Makes the directory where needed and removes what an earlier process did not finish.
  static absl::StatusOr<ArtifactStore> Open(const std::filesystem::path& directory);

  bool Has(absl::string_view sha256) const;
  // Bytes. NOT_FOUND.
  absl::StatusOr<uint64_t> Size(absl::string_view sha256) const;
  // Gives the file from `offset` on in pieces of at most 256 KiB. NOT_FOUND; OUT_OF_RANGE when it
  // is shorter than `offset`.
  absl::Status Read(absl::string_view sha256, uint64_t offset,
                    const std::function<absl::Status(absl::string_view)>& sink) const;
  absl::StatusOr<std::string> ReadAll(absl::string_view sha256) const;
  // For reading piece by piece. NOT_FOUND.
  absl::StatusOr<UniqueFd> OpenForReading(absl::string_view sha256) const;

  // Stores bytes at hand; `name` only goes into the answer.
  absl::StatusOr<v1::Artifact> Put(absl::string_view name, absl::string_view bytes) const;

  // A file on its way in. Gone without a trace unless Commit() succeeds. Used by one thread at a
  // time, and not longer than the store.
  class Writer {
   public:
    Writer(Writer&&) = default;
    Writer& operator=(Writer&&) = default;
    ~Writer();

    absl::Status Append(absl::string_view bytes);
    // Makes the file visible; bytes in it. DATA_LOSS when the content is not what was announced.
    absl::StatusOr<uint64_t> Commit();

   private:
    friend class ArtifactStore;
    Writer(const ArtifactStore& store, std::string sha256, std::filesystem::path temporary,
           UniqueFd fd);

    const ArtifactStore* store_;
    std::string sha256_;
    std::filesystem::path temporary_;
    UniqueFd fd_;
    Sha256 hash_;
    uint64_t size_ = 0;
  };
  absl::StatusOr<Writer> Write(absl::string_view sha256) const;

 private:
  explicit ArtifactStore(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path PathOf(absl::string_view sha256) const;

  std::filesystem::path directory_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_ARTIFACTS_ARTIFACT_STORE_H_
