// SPDX-License-Identifier: Apache-2.0
#include "client/credentials.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr uint64_t kMaxBytes = 1u << 20;

absl::StatusOr<std::string> Read(const std::filesystem::path& file) {
  if (file.empty()) return "";
  absl::StatusOr<std::string> content = ReadFile(file, kMaxBytes);
  if (content.ok()) return content;
  return absl::InvalidArgumentError(content.status().message());
}

}  // namespace

absl::StatusOr<Credentials> ReadCredentials(const CredentialFiles& files) {
  Credentials credentials;
  ROXLAB_ASSIGN_OR_RETURN(const std::string token, Read(files.token));
  credentials.token = std::string(absl::StripAsciiWhitespace(token));
  if (!files.token.empty() && credentials.token.empty())
    return absl::InvalidArgumentError(absl::StrCat(files.token.string(), " holds no token"));
  ROXLAB_ASSIGN_OR_RETURN(credentials.ca, Read(files.ca));
  ROXLAB_ASSIGN_OR_RETURN(credentials.certificate, Read(files.certificate));
  ROXLAB_ASSIGN_OR_RETURN(credentials.key, Read(files.key));
  return credentials;
}

}  // namespace roxlab
