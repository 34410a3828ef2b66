// SPDX-License-Identifier: Apache-2.0
#include "runner/cpio/cpio.h"

#include <archive.h>
#include <archive_entry.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

absl::Status Error(archive* a) {
  const char* text = archive_error_string(a);
  return absl::ErrnoToStatus(archive_errno(a), absl::StrCat("cpio: ", text == nullptr ? "" : text));
}

}  // namespace

void CpioWriter::Free::operator()(archive* a) const { archive_write_free(a); }

absl::StatusOr<CpioWriter> CpioWriter::Create(const std::filesystem::path& file) {
  CpioWriter writer(archive_write_new());
  archive* a = writer.archive_.get();
  // The kernel wants the end at the trailer, not padded to a tape block.
  if (archive_write_set_format_cpio_newc(a) != ARCHIVE_OK ||
      archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK ||
      archive_write_open_filename(a, file.c_str()) != ARCHIVE_OK) {
    return Error(a);
  }
  return writer;
}

absl::Status CpioWriter::Add(absl::string_view path, unsigned type, int mode,
                             absl::string_view content, unsigned major, unsigned minor) {
  std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                      &archive_entry_free);
  archive_entry_set_pathname(entry.get(), std::string(path).c_str());
  archive_entry_set_filetype(entry.get(), type);
  archive_entry_set_perm(entry.get(), static_cast<mode_t>(mode));
  archive_entry_set_size(entry.get(), static_cast<int64_t>(content.size()));
  archive_entry_set_mtime(entry.get(), 0, 0);
  archive_entry_set_ino(entry.get(), inode_++);
  archive_entry_set_rdevmajor(entry.get(), major);
  archive_entry_set_rdevminor(entry.get(), minor);
  archive* a = archive_.get();
  if (archive_write_header(a, entry.get()) != ARCHIVE_OK) return Error(a);
  if (archive_write_data(a, content.data(), content.size()) !=
      static_cast<la_ssize_t>(content.size())) {
    return Error(a);
  }
  return absl::OkStatus();
}

absl::Status CpioWriter::AddDirectory(absl::string_view path) {
  return Add(path, AE_IFDIR, 0755, "");
}

absl::Status CpioWriter::AddFile(absl::string_view path, absl::string_view content, int mode) {
  return Add(path, AE_IFREG, mode, content);
}

absl::Status CpioWriter::AddCharacterDevice(absl::string_view path, unsigned major,
                                            unsigned minor) {
  return Add(path, AE_IFCHR, 0600, "", major, minor);
}

absl::Status CpioWriter::Finish() {
  archive* a = archive_.get();
  return archive_write_close(a) == ARCHIVE_OK ? absl::OkStatus() : Error(a);
}

}  // namespace roxlab
