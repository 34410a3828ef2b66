// SPDX-License-Identifier: Apache-2.0
// SshSession's files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "board/ssh_handles.h"
#include "board/ssh_session.h"
#include "common/files.h"
#include "common/link_guard.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// What every server takes in one packet (draft-ietf-secsh-filexfer-02, 3).
constexpr size_t kChunk = 32 << 10;
constexpr size_t kMaxFiles = 10'000;

struct CloseSftp {
  void operator()(sftp_file file) const { sftp_close(file); }
  void operator()(sftp_dir dir) const { sftp_closedir(dir); }
  void operator()(sftp_attributes attributes) const { sftp_attributes_free(attributes); }
  void operator()(sftp_statvfs_t room) const { sftp_statvfs_free(room); }
};
template <typename T>
using Sftp = std::unique_ptr<T, CloseSftp>;

}  // namespace

absl::Status SshSession::SftpError(absl::string_view what) const {
  const std::string text = absl::StrCat("board '", board_, "': ", what, ": ");
  // The server's program may have gone a moment before the connection does.
  ssh_channel channel = handles_->sftp->channel;
  if (!handles_->connected() || ssh_channel_is_open(channel) == 0 ||
      ssh_channel_is_eof(channel) != 0)
    return absl::UnavailableError(text + "the connection broke off");
  const int error = sftp_get_error(handles_->sftp.get());
  switch (error) {
    case SSH_FX_NO_SUCH_FILE:
      return absl::NotFoundError(text + "no such file or folder");
    case SSH_FX_PERMISSION_DENIED:
      return absl::PermissionDeniedError(text + "permission denied");
    case SSH_FX_NO_CONNECTION:
    case SSH_FX_CONNECTION_LOST:
      return absl::UnavailableError(text + "the connection broke off");
    default:
      return absl::InternalError(absl::StrCat(text, "SFTP status ", error));
  }
}

absl::Status SshSession::WithSftp(absl::string_view what, absl::Time deadline,
                                  const StopToken& stop,
                                  const std::function<absl::Status()>& work) {
  const std::string text = absl::StrCat("board '", board_, "': ", what);
  if (!handles_->connected())
    return absl::UnavailableError(absl::StrCat(text, ": the connection is gone"));
  const LinkGuard guard(handles_->socket(), deadline, stop);
  if (handles_->sftp == nullptr) {
    handles_->sftp.reset(sftp_new(handles_->session.get()));
    if (handles_->sftp == nullptr || sftp_init(handles_->sftp.get()) != SSH_OK) {
      handles_->sftp.reset();
      ROXLAB_RETURN_IF_ERROR(guard.Verdict(text));
      if (!handles_->connected())
        return absl::UnavailableError(absl::StrCat(text, ": the connection broke off"));
      return absl::FailedPreconditionError(
          absl::StrCat("board '", board_, "' has no SFTP: install openssh-sftp-server there"));
    }
  }
  absl::Status status = work();
  if (!status.ok()) ROXLAB_RETURN_IF_ERROR(guard.Verdict(text));
  return status;
}

// The protocol has no word for a full disk; the room that is left tells.
absl::Status SshSession::WriteError(const std::string& remote) {
  absl::Status error = SftpError(absl::StrCat("cannot write ", remote));
  if (absl::IsUnavailable(error)) return error;
  const std::string directory = fs::path(remote).parent_path().string();
  const Sftp<sftp_statvfs_struct> room(sftp_statvfs(handles_->sftp.get(), directory.c_str()));
  if (room == nullptr || room->f_bavail * room->f_frsize >= 2 * kChunk) return error;
  return absl::ResourceExhaustedError(
      absl::StrCat("board '", board_, "': cannot write ", remote, ": its disk is full"));
}

absl::Status SshSession::Put(const Source& source, uint64_t size, const std::string& remote,
                             int mode, absl::Time deadline, const StopToken& stop,
                             const TransferProgress& progress) {
  return WithSftp(absl::StrCat("sending ", remote), deadline, stop, [&]() -> absl::Status {
    sftp_session sftp = handles_->sftp.get();
    const std::string part = remote + ".part";
    auto write = [&]() -> absl::Status {
      Sftp<sftp_file_struct> file(
          sftp_open(sftp, part.c_str(), O_WRONLY | O_CREAT | O_TRUNC, static_cast<mode_t>(mode)));
      if (file == nullptr) return WriteError(part);
      uint64_t done = 0;
      while (true) {
        ROXLAB_ASSIGN_OR_RETURN(const absl::string_view chunk, source(kChunk));
        if (chunk.empty()) break;
        const ssize_t n = sftp_write(file.get(), chunk.data(), chunk.size());
        if (n != static_cast<ssize_t>(chunk.size())) return WriteError(part);
        done += chunk.size();
        if (progress) progress(done, size);
      }
      if (sftp_close(file.release()) != SSH_OK) return WriteError(part);
      // libssh's rename does not replace; rename(2), which mv does, has no moment without a file.
      if (sftp_rename(sftp, part.c_str(), remote.c_str()) == SSH_OK) return absl::OkStatus();
      ROXLAB_ASSIGN_OR_RETURN(const RemoteResult moved,
                              Run({"mv", "-f", "--", part, remote}, "", deadline, stop));
      if (!moved.ok())
        return absl::InternalError(
            absl::StrCat("board '", board_, "': cannot write ", remote, ": ", moved.Describe()));
      return absl::OkStatus();
    };
    absl::Status status = write();
    if (!status.ok() && !absl::IsUnavailable(status)) sftp_unlink(sftp, part.c_str());
    return status;
  });
}

absl::Status SshSession::Upload(const fs::path& local, const std::string& remote, int mode,
                                absl::Time deadline, const StopToken& stop,
                                const TransferProgress& progress) {
  ROXLAB_ASSIGN_OR_RETURN(const UniqueFd fd, OpenFile(local, O_RDONLY));
  struct stat info = {};
  fstat(fd.get(), &info);
  char buffer[kChunk];
  auto next = [&](size_t limit) -> absl::StatusOr<absl::string_view> {
    const ssize_t n = read(fd.get(), buffer, std::min(limit, sizeof buffer));
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", local.string()));
    return absl::string_view(buffer, static_cast<size_t>(n));
  };
  return Put(next, static_cast<uint64_t>(info.st_size), remote, mode, deadline, stop, progress);
}

absl::Status SshSession::Write(absl::string_view content, const std::string& remote, int mode,
                               absl::Time deadline, const StopToken& stop) {
  auto next = [&](size_t limit) -> absl::StatusOr<absl::string_view> {
    const absl::string_view chunk = content.substr(0, limit);
    content.remove_prefix(chunk.size());
    return chunk;
  };
  return Put(next, content.size(), remote, mode, deadline, stop, {});
}

absl::StatusOr<std::string> SshSession::ReadAt(const std::string& remote, uint64_t offset,
                                               uint64_t max_bytes, absl::Time deadline,
                                               const StopToken& stop) {
  std::string content;
  const std::string what = absl::StrCat("reading ", remote);
  auto read = [&]() -> absl::Status {
    const Sftp<sftp_file_struct> file(sftp_open(handles_->sftp.get(), remote.c_str(), O_RDONLY, 0));
    if (file == nullptr || sftp_seek64(file.get(), offset) != 0) return SftpError(what);
    char buffer[kChunk];
    while (content.size() < max_bytes) {
      const ssize_t n = sftp_read(file.get(), buffer,
                                  std::min<uint64_t>(sizeof buffer, max_bytes - content.size()));
      if (n < 0) return SftpError(what);
      if (n == 0) break;
      content.append(buffer, static_cast<size_t>(n));
    }
    return absl::OkStatus();
  };
  ROXLAB_RETURN_IF_ERROR(WithSftp(what, deadline, stop, read));
  return content;
}

absl::StatusOr<std::string> SshSession::Download(const std::string& remote, uint64_t max_bytes,
                                                 absl::Time deadline, const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(std::string content, ReadAt(remote, 0, max_bytes + 1, deadline, stop));
  if (content.size() > max_bytes)
    return absl::ResourceExhaustedError(
        absl::StrCat("board '", board_, "': ", remote, " has more than ", max_bytes, " bytes"));
  return content;
}

absl::StatusOr<std::vector<RemoteFile>> SshSession::List(const std::string& directory,
                                                         absl::Time deadline,
                                                         const StopToken& stop) {
  std::vector<RemoteFile> files;
  const std::string what = absl::StrCat("listing ", directory);
  auto list = [&]() -> absl::Status {
    sftp_session sftp = handles_->sftp.get();
    const Sftp<sftp_dir_struct> dir(sftp_opendir(sftp, directory.c_str()));
    if (dir == nullptr) return SftpError(what);
    while (const Sftp<sftp_attributes_struct> entry{sftp_readdir(sftp, dir.get())}) {
      if (entry->type != SSH_FILEXFER_TYPE_REGULAR) continue;
      if (files.size() == kMaxFiles)
        return absl::ResourceExhaustedError(absl::StrCat("board '", board_, "': ", directory,
                                                         " has more than ", kMaxFiles, " files"));
      files.push_back({entry->name, entry->size, entry->mtime});
    }
    return sftp_dir_eof(dir.get()) != 0 ? absl::OkStatus() : SftpError(what);
  };
  ROXLAB_RETURN_IF_ERROR(WithSftp(what, deadline, stop, list));
  return files;
}

absl::Status SshSession::Remove(const std::string& remote, absl::Time deadline,
                                const StopToken& stop) {
  const std::string what = absl::StrCat("removing ", remote);
  return WithSftp(what, deadline, stop, [&]() -> absl::Status {
    if (sftp_unlink(handles_->sftp.get(), remote.c_str()) == SSH_OK) return absl::OkStatus();
    absl::Status error = SftpError(what);
    return absl::IsNotFound(error) ? absl::OkStatus() : error;
  });
}

absl::StatusOr<uint64_t> SshSession::FreeBytes(const std::string& directory, absl::Time deadline,
                                               const StopToken& stop) {
  uint64_t bytes = 0;
  const std::string what = absl::StrCat("asking for the room in ", directory);
  ROXLAB_RETURN_IF_ERROR(WithSftp(what, deadline, stop, [&]() -> absl::Status {
    const Sftp<sftp_statvfs_struct> room(sftp_statvfs(handles_->sftp.get(), directory.c_str()));
    if (room == nullptr) return SftpError(what);
    bytes = room->f_bavail * room->f_frsize;
    return absl::OkStatus();
  }));
  return bytes;
}

}  // namespace roxlab
