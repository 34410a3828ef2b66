// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/initramfs.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"

namespace roxlab {
namespace {

// A newc archive in memory, made by libarchive.
class NewcArchive {
 public:
  NewcArchive() : archive_(archive_write_new()) {
    archive_write_set_format_cpio_newc(archive_.get());
    archive_write_add_filter_none(archive_.get());
    // The kernel wants the next archive at a multiple of 4; full blocks keep that.
    archive_write_set_bytes_per_block(archive_.get(), 512);
    archive_write_set_bytes_in_last_block(archive_.get(), 512);
    archive_write_open(archive_.get(), &bytes_, nullptr, Append, nullptr);
  }

  void Directory(const char* path) { Add(path, S_IFDIR | 0755, "", 0); }
  void File(const char* path, mode_t mode, absl::string_view content) {
    Add(path, S_IFREG | mode, content, 0);
  }
  void CharacterDevice(const char* path, mode_t mode, dev_t device) {
    Add(path, S_IFCHR | mode, "", device);
  }

  absl::StatusOr<std::string> Finish() {
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) failed_ = true;
    if (failed_)
      return absl::InternalError(absl::StrCat("initramfs: ", archive_error_string(archive_.get())));
    return std::move(bytes_);
  }

 private:
  static la_ssize_t Append(archive*, void* bytes, const void* data, size_t size) {
    static_cast<std::string*>(bytes)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
  }

  void Add(const char* path, mode_t mode, absl::string_view content, dev_t device) {
    std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                        archive_entry_free);
    archive_entry_set_pathname(entry.get(), path);
    archive_entry_set_mode(entry.get(), mode);
    archive_entry_set_nlink(entry.get(), 1);
    archive_entry_set_ino64(entry.get(), ++inode_);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    archive_entry_set_rdev(entry.get(), device);
    if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK ||
        archive_write_data(archive_.get(), content.data(), content.size()) !=
            static_cast<la_ssize_t>(content.size()))
      failed_ = true;
  }

  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
  };
  std::string bytes_;
  std::unique_ptr<archive, Free> archive_;
  int64_t inode_ = 0;
  bool failed_ = false;
};

absl::Status AppendModules(const std::filesystem::path& modules, int fd) {
  bool first = true;
  absl::Status status = ReadInChunks(modules, 0, [&](absl::string_view bytes) {
    if (std::exchange(first, false) && !absl::StartsWith(bytes, "070701"))
      return absl::DataLossError(absl::StrCat(modules.string(), " is no newc archive"));
    return WriteAll(fd, bytes);
  });
  if (status.ok() && first) return absl::DataLossError(modules.string() + " is empty");
  return status;
}

}  // namespace

absl::Status WriteInitramfs(const InitramfsParts& parts, const std::filesystem::path& path) {
  absl::StatusOr<std::string> probe = ReadFile(parts.probe);
  if (!probe.ok()) return probe.status();
  NewcArchive ours;
  ours.Directory("dev");
  // The kernel opens it for /init before /dev is mounted.
  ours.CharacterDevice("dev/console", 0600, makedev(5, 1));
  ours.File("init", 0755, *probe);
  ours.Directory("roxlab");
  ours.File("roxlab/script", 0644, parts.script);
  absl::StatusOr<std::string> bytes = ours.Finish();
  if (!bytes.ok()) return bytes.status();

  // No sync: the file is for this run and this boot of the host.
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd.ok()) return fd.status();
  absl::Status status = WriteAll(fd->get(), *bytes);
  if (status.ok()) status = AppendModules(parts.modules, fd->get());
  return status;
}

}  // namespace roxlab
