// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_HASH_H_
#define ROXLAB_COMMON_HASH_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_md_ctx_st;

namespace roxlab {

// SHA-256 over bytes given piece by piece. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  void Update(absl::string_view bytes);
  // Lower-case hex of everything given; the object is not used after it.
  std::string HexDigest();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string Sha256Hex(absl::string_view bytes);
absl::StatusOr<std::string> Sha256HexOfFile(const std::filesystem::path& path);

// Whether `text` is a SHA-256 in lower-case hex: what may become a file name.
bool IsSha256Hex(absl::string_view text);

// `digits` random lower-case hex digits, from the system's entropy.
std::string RandomHex(int digits);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_HASH_H_
