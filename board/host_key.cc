// SPDX-License-Identifier: Apache-2.0
#include "board/host_key.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "board/libssh.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::StatusOr<SshKeyHandle> Import(const HostKey& key) {
  ssh_key raw = nullptr;
  const ssh_keytypes_e type = ssh_key_type_from_name(key.type.c_str());
  if (type == SSH_KEYTYPE_UNKNOWN ||
      ssh_pki_import_pubkey_base64(key.base64.c_str(), type, &raw) != SSH_OK)
    return absl::InvalidArgumentError("not a host key: expected one line 'TYPE BASE64'");
  return SshKeyHandle(raw);
}

}  // namespace

absl::StatusOr<HostKey> ParseHostKey(absl::string_view line) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::StripAsciiWhitespace(line), absl::ByAnyChar(" \t"), absl::SkipEmpty());
  HostKey key;
  if (words.size() >= 2) key = {words[0], words[1]};
  ROXLAB_RETURN_IF_ERROR(Import(key).status());
  return key;
}

absl::StatusOr<std::string> Fingerprint(const HostKey& key) {
  ROXLAB_ASSIGN_OR_RETURN(const SshKeyHandle handle, Import(key));
  unsigned char* hash = nullptr;
  size_t size = 0;
  if (ssh_get_publickey_hash(handle.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != SSH_OK)
    return absl::InternalError("libssh cannot hash the host key");
  const SshText text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size));
  ssh_clean_pubkey_hash(&hash);
  if (text == nullptr) return absl::InternalError("libssh cannot write the fingerprint");
  return std::string(text.get());
}

fs::path HostKeyPath(const fs::path& boards, absl::string_view board) {
  return boards / absl::StrCat(board, ".hostkey");
}

absl::StatusOr<HostKey> LoadHostKey(const fs::path& path, absl::string_view board) {
  if (!fs::exists(path)) {
    return absl::FailedPreconditionError(absl::StrCat("the host key of board '", board,
                                                      "' is not known; `roxlab board trust ", board,
                                                      "` shows its fingerprint and takes it down"));
  }
  ROXLAB_ASSIGN_OR_RETURN(const std::string line, ReadFile(path, 64 << 10));
  absl::StatusOr<HostKey> key = ParseHostKey(line);
  if (!key.ok())
    return absl::Status(key.status().code(),
                        absl::StrCat(path.string(), ":1: ", key.status().message()));
  return key;
}

absl::Status StoreHostKey(const fs::path& path, const HostKey& key) {
  return WriteFileAtomically(path, key.Line() + "\n");
}

absl::StatusOr<HostKey> FetchHostKey(const std::string& host, uint32_t port, absl::Time deadline,
                                     const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(const SshSessionHandle session,
                          ExchangeKeys(host, port, "", deadline, stop));
  return ServerKey(session.get());
}

}  // namespace roxlab
