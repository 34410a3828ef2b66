// SPDX-License-Identifier: Apache-2.0
#include "board/transfer.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "board/compress.h"
#include "board/remote_script.h"
#include "common/hash.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// What the file system needs beside the content of a job's files.
constexpr uint64_t kSlack = 1 << 20;

// $1: the cache; the rest: files in it that are wanted. What an end in the midst left there goes;
// the newest files stay longest. One call, since an unchanged build costs no more than that.
constexpr char kLook[] = R"(umask 077; mkdir -p -- "$1" || exit 1
rm -f -- "$1"/*.part "$1"/*.packed
shift; touch -c -- "$@"; sha256sum -- "$@" 2>/dev/null; exit 0)";

// $1: program, $2: packed file, $3: its place, $4: hash. 65: kScriptDataLoss.
constexpr char kUnpack[] = R"(umask 077
part="$3.part"
trap 'rm -f -- "$2" "$part"' EXIT
"$1" -dc <"$2" >"$part" || exit 1
sum=$(sha256sum <"$part") || exit 1
[ "${sum%% *}" = "$4" ] || { echo "has the hash ${sum%% *}" >&2; exit 65; }
chmod 700 -- "$part" && mv -f -- "$part" "$3")";

}  // namespace

// A file as it goes over the link.
struct Transfer::Packed {
  std::string sha256;
  std::string format;
  fs::path file;
  uint64_t packed_bytes, whole_bytes;
};

Transfer::Transfer(SshSession& ssh, const v1::Board& board, fs::path scratch)
    : ssh_(ssh),
      cache_(absl::StrCat(board.work_directory(), "/cache")),
      cache_bytes_(uint64_t{board.cache_mib()} << 20),
      scratch_(std::move(scratch)) {}

absl::StatusOr<std::vector<std::string>> Transfer::Missing(const std::vector<std::string>& hashes,
                                                           absl::Time deadline,
                                                           const StopToken& stop) {
  std::vector<std::string> words = {cache_};
  for (const std::string& hash : hashes) words.push_back(Cached(hash));
  ROXLAB_ASSIGN_OR_RETURN(const std::string sums,
                          RunScript(ssh_, kLook, words, "looking into the cache", deadline, stop));
  std::set<std::string> there;
  for (absl::string_view line : absl::StrSplit(sums, '\n')) there.emplace(line);
  std::vector<std::string> missing;
  for (const std::string& hash : hashes)
    if (there.count(absl::StrCat(hash, "  ", Cached(hash))) == 0) missing.push_back(hash);
  return missing;
}

absl::Status Transfer::MakeRoom(const std::vector<std::string>& keep,
                                const std::vector<Packed>& packed, absl::Time deadline,
                                const StopToken& stop) {
  uint64_t incoming = 0, largest = 0;
  for (const Packed& file : packed) {
    incoming += file.whole_bytes;
    largest = std::max(largest, file.packed_bytes);
  }
  const uint64_t needed = incoming + largest + kSlack;
  ROXLAB_ASSIGN_OR_RETURN(std::vector<RemoteFile> files, ssh_.List(cache_, deadline, stop));
  ROXLAB_ASSIGN_OR_RETURN(uint64_t room, ssh_.FreeBytes(cache_, deadline, stop));
  std::sort(files.begin(), files.end(), [](const RemoteFile& a, const RemoteFile& b) {
    return std::tie(a.modified, a.name) < std::tie(b.modified, b.name);
  });
  uint64_t held = incoming;
  for (const RemoteFile& file : files) held += file.bytes;
  for (const RemoteFile& file : files) {
    if (room >= needed && held <= cache_bytes_) return absl::OkStatus();
    if (std::find(keep.begin(), keep.end(), file.name) != keep.end()) continue;
    ROXLAB_RETURN_IF_ERROR(ssh_.Remove(Cached(file.name), deadline, stop));
    held -= file.bytes;
    ROXLAB_ASSIGN_OR_RETURN(room, ssh_.FreeBytes(cache_, deadline, stop));
  }
  if (room >= needed) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("no room on the board: ", cache_, " needs ",
                                                   needed >> 20, " MiB, ", room >> 20,
                                                   " MiB are free"));
}

absl::Status Transfer::Send(const Packed& packed, absl::Time deadline, const StopToken& stop,
                            const TransferProgress& progress) {
  const std::string remote = Cached(packed.sha256 + ".packed");
  ROXLAB_RETURN_IF_ERROR(ssh_.Upload(packed.file, remote, 0600, deadline, stop, progress));
  return RunScript(ssh_, kUnpack, {packed.format, remote, Cached(packed.sha256), packed.sha256},
                   absl::StrCat("unpacking ", packed.sha256), deadline, stop)
      .status();
}

absl::StatusOr<TransferResult> Transfer::Put(const std::map<std::string, TransferFile>& files,
                                             absl::Time deadline, const StopToken& stop,
                                             const TransferProgress& progress) {
  TransferResult result;
  std::map<std::string, fs::path> local;
  for (const auto& [name, file] : files) {
    if (!IsSha256Hex(file.sha256))
      return absl::InvalidArgumentError(absl::StrCat(name, ": not a SHA-256: ", file.sha256));
    local[file.sha256] = file.local;
    result.paths[name] = Cached(file.sha256);
  }
  std::vector<std::string> hashes;
  hashes.reserve(local.size());
  for (const auto& [hash, path] : local) hashes.push_back(hash);
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<std::string> missing, Missing(hashes, deadline, stop));
  if (missing.empty()) return result;

  ROXLAB_ASSIGN_OR_RETURN(const RemoteResult zstd,
                          ssh_.Run({"zstd", "--version"}, "", deadline, stop));
  ROXLAB_ASSIGN_OR_RETURN(const TempDir scratch, TempDir::Make(scratch_, "transfer-"));
  std::vector<Packed> packed;
  for (const std::string& hash : missing) {
    Packed file{hash, zstd.ok() ? "zstd" : "gzip", scratch.path() / hash, 0, 0};
    ROXLAB_RETURN_IF_ERROR(CompressFile(local[hash], file.file, file.format, stop));
    file.packed_bytes = fs::file_size(file.file);
    file.whole_bytes = fs::file_size(local[hash]);
    result.sent_bytes += file.packed_bytes;
    packed.push_back(std::move(file));
  }
  ROXLAB_RETURN_IF_ERROR(MakeRoom(hashes, packed, deadline, stop));
  uint64_t before = 0;
  for (const Packed& file : packed) {
    auto whole = [&](uint64_t done, uint64_t) {
      if (progress) progress(before + done, result.sent_bytes);
    };
    ROXLAB_RETURN_IF_ERROR(Send(file, deadline, stop, whole));
    before += file.packed_bytes;
    ++result.sent;
  }
  return result;
}

absl::Status Transfer::Clear(absl::Time deadline, const StopToken& stop) {
  return ssh_.RunAndRead({"rm", "-rf", "--", cache_}, deadline, stop).status();
}

}  // namespace roxlab
