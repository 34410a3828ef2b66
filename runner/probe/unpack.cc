// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

namespace roxlab::probe {
namespace {

// "070701", then 13 numbers of 8 hexadecimal digits: the mode is number 1, the file's size number
// 6, the size of the name that follows, with its zero, number 11.
constexpr size_t kHeaderSize = 110;

bool Number(std::string_view header, size_t which, size_t* number) {
  *number = 0;
  for (char c : header.substr(6 + 8 * which, 8)) {
    const char* digits = "0123456789abcdef";
    const char* digit = c == 0 ? nullptr : strchr(digits, c | 0x20);
    if (digit == nullptr) return false;
    *number = *number * 16 + static_cast<size_t>(digit - digits);
  }
  return true;
}

struct Entry {
  size_t mode;
  std::string_view name, content;
};

// Takes an entry off the front of `*rest`; false when it is not all there. Name and content are
// padded to a multiple of 4, counted from the header.
bool Take(std::string_view* rest, Entry* entry) {
  size_t size = 0, name_size = 0;
  if (rest->size() < kHeaderSize || !rest->starts_with("070701") ||
      !Number(*rest, 1, &entry->mode) || !Number(*rest, 6, &size) ||
      !Number(*rest, 11, &name_size) || name_size == 0)
    return false;
  const size_t content = (kHeaderSize + name_size + 3) & ~size_t{3};
  const size_t end = (content + size + 3) & ~size_t{3};
  if (rest->size() < content + size) return false;
  entry->name = rest->substr(kHeaderSize, name_size - 1);
  entry->content = rest->substr(content, size);
  rest->remove_prefix(end < rest->size() ? end : rest->size());
  return true;
}

bool Inside(std::string_view name) {
  if (name.empty() || name.size() > 200 || name.starts_with('/')) return false;
  while (!name.empty())
    if (CutAt(&name, '/') == "..") return false;
  return true;
}

Result Make(const Entry& entry, const char* directory) {
  if (!Inside(entry.name)) return Result::Fail("the archive has a file with a bad name");
  char path[400];
  snprintf(path, sizeof path, "%s/%.*s", directory, static_cast<int>(entry.name.size()),
           entry.name.data());
  int error = 0;
  if (S_ISDIR(entry.mode)) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST) error = errno;
  } else if (S_ISREG(entry.mode)) {
    error = WriteText(path, entry.content, O_CREAT | O_EXCL);
  }
  return error == 0 ? Result() : Result::Fail("cannot make %s: %s", path, strerror(error));
}

}  // namespace

Result Unpack(const char* archive, const char* directory) {
  Buffer bytes;
  Result result = bytes.ReadFile(archive);
  std::string_view rest = bytes.view();
  for (Entry entry = {}; result.ok && entry.name != "TRAILER!!!";) {
    if (!Take(&rest, &entry)) return Result::Fail("%s is no whole cpio archive", archive);
    if (entry.name != "TRAILER!!!") result = Make(entry, directory);
  }
  return result;
}

}  // namespace roxlab::probe
