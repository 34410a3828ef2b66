// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/stream.h"

#include <arm_acle.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

// By the CPU's own instruction: a table would cost more guest time than all else of the stream.
uint32_t Crc32(uint32_t crc, std::string_view bytes) {
  crc = ~crc;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t word;
    memcpy(&word, bytes.data(), 8);
    crc = __crc32d(crc, word);
  }
  for (char byte : bytes) crc = __crc32b(crc, static_cast<uint8_t>(byte));
  return ~crc;
}

template <typename T>
std::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Opens /dev/X for the first X in /sys/class/virtio-ports whose name is ours; -1: none.
int FindPort() {
  constexpr char kPorts[] = "/sys/class/virtio-ports";
  DIR* ports = opendir(kPorts);
  if (ports == nullptr) return -1;
  int found = -1;
  while (dirent* entry = found < 0 ? readdir(ports) : nullptr) {
    char path[400], name[64] = "";
    snprintf(path, sizeof path, "%s/%s/name", kPorts, entry->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t size = read(fd, name, sizeof name);
    close(fd);
    std::string_view line(name, size > 0 ? static_cast<size_t>(size) : 0);
    if (CutAt(&line, '\n') != kPortName) continue;
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    found = open(path, O_WRONLY | O_CLOEXEC);
  }
  closedir(ports);
  return found;
}

}  // namespace

Result Stream::OpenPort() {
  // The port's name comes in a message that the driver handles in its own time.
  for (int i = 0; i < 1000 && fd_ < 0; ++i) {
    if (i > 0) SleepMs(5);
    fd_ = FindPort();
  }
  if (fd_ < 0)
    return Result::Fail("no virtio-serial port '%s' (CONFIG_VIRTIO_CONSOLE?)", kPortName);
  return {};
}

Result Stream::OpenFile(const char* path) {
  fd_ = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd_ < 0 ? Result::Fail("cannot open %s: %s", path, strerror(errno)) : Result();
}

void Stream::Write(RecordType type, std::string_view name, std::string_view payload) {
  name = name.substr(0, kMaxNameSize);
  payload = payload.substr(0, kMaxPayloadSize);
  RecordHeader header = {kRecordMagic, static_cast<uint16_t>(type),
                         static_cast<uint16_t>(name.size()), static_cast<uint32_t>(payload.size()),
                         sequence_++};
  char start[sizeof header + kMaxNameSize];
  memcpy(start, &header, sizeof header);
  memcpy(start + sizeof header, name.data(), name.size());
  std::string_view head(start, sizeof header + name.size());
  uint32_t crc = Crc32(Crc32(0, head), payload);
  WriteAll(head);
  WriteAll(payload);
  WriteAll(BytesOf(crc));
}

void Stream::Progress(const char* verb, std::string_view name, uint64_t done, uint64_t total) {
  char payload[80];
  int size =
      snprintf(payload, sizeof payload, "%s %llu %llu", verb, static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(total));
  Write(RecordType::kProgress, name, {payload, static_cast<size_t>(size)});
}

void Stream::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      Say("roxlab-probe: cannot write results: %s", strerror(errno));
      give_up_();
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace roxlab::probe
