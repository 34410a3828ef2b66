// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_SYSTEM_H_
#define ROXLAB_RUNNER_PROBE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roxlab::probe {

// Success, or the reason of a failure in one line.
struct Result {
  bool ok = true;
  char reason[400] = "";

  static Result Fail(const char* format, ...) __attribute__((format(printf, 1, 2)));
};

// Memory straight from the kernel that only grows; pages are touched when they are filled.
class Buffer {
 public:
  Buffer() = default;
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // Replaces the content by a whole file's, read from `fd` until its end.
  Result ReadFrom(int fd, const char* name);
  Result ReadFile(const char* path);
  void Clear() { size_ = 0; }
  // Leaves out what there is no memory for.
  void Append(std::string_view text);
  // Room for `size` more bytes at the end, for the caller to fill; nullptr: no memory. Moves what
  // is there.
  char* Extend(size_t size);
  std::string_view view() const { return {data_, size_}; }
  // Whether the last ReadFrom() brought more than ever before, and so took memory from the kernel.
  bool grew() const { return grew_; }

 private:
  bool Grow();

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t most_ = 0;  // Bytes that a ReadFrom() brought.
  bool grew_ = false;
};

// Cuts the part up to the first `separator` off `*rest` and returns it.
std::string_view CutAt(std::string_view* rest, char separator);

// Whether `text` is a decimal number, and which.
bool ParseNumber(std::string_view text, uint64_t* number);

// Writes `text` to a file; `flags` are open()'s beside O_WRONLY. 0 or errno.
int WriteText(const char* path, std::string_view text, int flags = 0);

// The line "NAME: N kB" of /proc/meminfo in bytes.
Result ReadMemInfo(std::string_view name, uint64_t* bytes);

// /proc, /sys, /dev and debugfs.
Result MountFileSystems();

// A line in the kernel's log, and so on the console, never in the middle of one of its own lines.
void Say(const char* format, ...) __attribute__((format(printf, 1, 2)));

void SleepMs(long milliseconds);

[[noreturn]] void PowerOff();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_SYSTEM_H_
