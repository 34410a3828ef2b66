// SPDX-License-Identifier: Apache-2.0
#include "common/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::StatusOr<UniqueFd> Open(const fs::path& directory, const fs::path& relative) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd parent, OpenFile(directory, O_PATH | O_DIRECTORY));
  open_how how = {};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;  // A pipe must not be waited for.
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(
      static_cast<int>(syscall(SYS_openat2, parent.get(), relative.c_str(), &how, sizeof how)));
  const std::string name = (directory / relative).string();
  if (!fd.valid() && (errno == EXDEV || errno == ELOOP))
    return absl::PermissionDeniedError(absl::StrCat(name, " is or passes a link to elsewhere"));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", name));
  struct stat status = {};
  if (fstat(fd.get(), &status) != 0) return absl::ErrnoToStatus(errno, name);
  if (!S_ISREG(status.st_mode))
    return absl::PermissionDeniedError(absl::StrCat(name, " is not a regular file"));
  return fd;
}

// Gives all of the file to `sink`.
template <typename Sink>
absl::Status ReadAll(int fd, const fs::path& name, const Sink& sink) {
  std::string buffer(256 << 10, '\0');
  while (true) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", name.string()));
    if (n == 0) return absl::OkStatus();
    ROXLAB_RETURN_IF_ERROR(sink(absl::string_view(buffer.data(), static_cast<size_t>(n))));
  }
}

}  // namespace

absl::StatusOr<std::string> ReadBeneath(const fs::path& directory, const fs::path& relative,
                                        uint64_t limit) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, Open(directory, relative));
  std::string content;
  ROXLAB_RETURN_IF_ERROR(ReadAll(fd.get(), relative, [&](absl::string_view bytes) -> absl::Status {
    content.append(bytes.data(), bytes.size());
    if (content.size() <= limit) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat(relative.string(), " has more than ", limit, " bytes"));
  }));
  return content;
}

absl::Status CopyBeneath(const fs::path& directory, const fs::path& relative, const fs::path& to) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd from, Open(directory, relative));
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd out, OpenFile(to, O_WRONLY | O_CREAT | O_EXCL));
  return ReadAll(from.get(), relative,
                 [&](absl::string_view bytes) { return WriteAll(out.get(), bytes); });
}

}  // namespace roxlab
