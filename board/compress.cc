// SPDX-License-Identifier: Apache-2.0
#include "board/compress.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;

absl::Status CompressFile(const fs::path& from, const fs::path& to, const std::string& format,
                          const StopToken& stop) {
  struct Free {
    void operator()(archive* out) const { archive_write_free(out); }
  };
  const std::unique_ptr<archive, Free> out(archive_write_new());
  auto failed = [&] {
    return absl::InternalError(
        absl::StrCat("cannot compress ", from.string(), ": ", archive_error_string(out.get())));
  };
  const char* level = format == "zstd" ? "zstd:compression-level=1" : "gzip:compression-level=1";
  if (archive_write_set_format_raw(out.get()) != ARCHIVE_OK ||
      archive_write_add_filter_by_name(out.get(), format.c_str()) != ARCHIVE_OK ||
      archive_write_set_options(out.get(), level) != ARCHIVE_OK ||
      archive_write_open_filename(out.get(), to.c_str()) != ARCHIVE_OK)
    return failed();
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  const int header = archive_write_header(out.get(), entry);
  archive_entry_free(entry);
  if (header != ARCHIVE_OK) return failed();
  auto write = [&](absl::string_view bytes) -> absl::Status {
    if (stop.stopped()) return absl::CancelledError("stopped");
    const auto n = archive_write_data(out.get(), bytes.data(), bytes.size());
    return n == static_cast<la_ssize_t>(bytes.size()) ? absl::OkStatus() : failed();
  };
  ROXLAB_RETURN_IF_ERROR(ReadInChunks(from, 0, write));
  return archive_write_close(out.get()) == ARCHIVE_OK ? absl::OkStatus() : failed();
}

}  // namespace roxlab
