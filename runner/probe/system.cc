// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace roxlab::probe {

Result Result::Fail(const char* format, ...) {
  Result result;
  result.ok = false;
  va_list args;
  va_start(args, format);
  vsnprintf(result.reason, sizeof result.reason, format, args);
  va_end(args);
  return result;
}

Buffer::~Buffer() {
  if (data_ != nullptr) munmap(data_, capacity_);
}

bool Buffer::Grow() {
  size_t wanted = capacity_ == 0 ? size_t{4} << 20 : capacity_ * 2;
  void* grown = data_ == nullptr ? mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                                 : mremap(data_, capacity_, wanted, MREMAP_MAYMOVE);
  if (grown == MAP_FAILED) return false;
  data_ = static_cast<char*>(grown);
  capacity_ = wanted;
  return true;
}

char* Buffer::Extend(size_t size) {
  while (capacity_ - size_ < size)
    if (!Grow()) return nullptr;
  size_ += size;
  return data_ + (size_ - size);
}

Result Buffer::ReadFrom(int fd, const char* name) {
  size_ = 0;
  while (true) {
    if (size_ == capacity_ && !Grow()) return Result::Fail("no memory to read %s", name);
    ssize_t n = read(fd, data_ + size_, capacity_ - size_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Result::Fail("cannot read %s: %s", name, strerror(errno));
    if (n == 0) break;
    size_ += static_cast<size_t>(n);
  }
  grew_ = size_ > most_;
  if (grew_) most_ = size_;
  return {};
}

Result Buffer::ReadFile(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Result::Fail("cannot open %s: %s", path, strerror(errno));
  Result result = ReadFrom(fd, path);
  close(fd);
  return result;
}

void Buffer::Append(std::string_view text) {
  if (char* room = Extend(text.size())) memcpy(room, text.data(), text.size());
}

std::string_view CutAt(std::string_view* rest, char separator) {
  size_t end = rest->find(separator);
  std::string_view part = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return part;
}

bool ParseNumber(std::string_view text, uint64_t* number) {
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9' || __builtin_mul_overflow(value, uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value))
      return false;
  }
  *number = value;
  return !text.empty();
}

int WriteText(const char* path, std::string_view text, int flags) {
  int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0600);
  if (fd < 0) return errno;
  const ssize_t written = write(fd, text.data(), text.size());
  int error = written < 0 ? errno : static_cast<size_t>(written) < text.size() ? ENOSPC : 0;
  if (close(fd) != 0 && error == 0) error = errno;
  return error;
}

Result ReadMemInfo(std::string_view name, uint64_t* bytes) {
  Buffer info;
  Result result = info.ReadFile("/proc/meminfo");
  if (!result.ok) return result;
  for (std::string_view rest = info.view(); !rest.empty();) {
    std::string_view line = CutAt(&rest, '\n');
    if (CutAt(&line, ':') != name) continue;
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (!ParseNumber(CutAt(&line, ' '), bytes)) break;
    *bytes *= 1024;
    return {};
  }
  return Result::Fail("/proc/meminfo has no %.*s", static_cast<int>(name.size()), name.data());
}

Result MountFileSystems() {
  static constexpr struct {
    const char *type, *path, *option;
  } kMounts[] = {{"devtmpfs", "/dev", "CONFIG_DEVTMPFS"},
                 {"proc", "/proc", "CONFIG_PROC_FS"},
                 {"sysfs", "/sys", "CONFIG_SYSFS"},
                 {"debugfs", "/sys/kernel/debug", "CONFIG_DEBUG_FS"}};
  for (const auto& [type, path, option] : kMounts) {
    mkdir(path, 0755);
    if (mount(type, path, type, 0, nullptr) != 0)
      return Result::Fail("cannot mount %s: %s (is %s on?)", type, strerror(errno), option);
  }
  return {};
}

void Say(const char* format, ...) {
  char line[500];
  va_list args;
  va_start(args, format);
  int size = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (size < 0) return;
  if (static_cast<size_t>(size) >= sizeof line) size = sizeof line - 1;
  int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  [[maybe_unused]] ssize_t n = write(fd < 0 ? 2 : fd, line, static_cast<size_t>(size));
  if (fd >= 0) close(fd);
}

void SleepMs(long milliseconds) {
  timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

void PowerOff() {
  reboot(RB_POWER_OFF);
  // Reached only where the kernel has no way to switch off; the runner's timeout ends it then.
  while (true) pause();
}

}  // namespace roxlab::probe
