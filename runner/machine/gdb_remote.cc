// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/gdb_remote.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr size_t kMaxPacket = size_t{1} << 20;

uint8_t Checksum(absl::string_view packet) {
  uint8_t sum = 0;
  for (char c : packet) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(c));
  return sum;
}

// The value of an attribute in the XML element that has `name="..."`; empty when there is none.
absl::string_view AttributeOf(absl::string_view xml, absl::string_view name,
                              absl::string_view attribute) {
  const size_t at = xml.find(absl::StrCat(" name=\"", name, "\""));
  if (at == absl::string_view::npos) return "";
  const size_t open = xml.rfind('<', at);
  absl::string_view element = xml.substr(open, xml.find('>', at) - open);
  const std::string key = absl::StrCat(" ", attribute, "=\"");
  const size_t value = element.find(key);
  if (value == absl::string_view::npos) return "";
  element.remove_prefix(value + key.size());
  return element.substr(0, element.find('"'));
}

}  // namespace

absl::StatusOr<char> GdbRemote::NextByte() {
  const absl::Time deadline = absl::Now() + patience_;
  while (buffer_.empty()) {
    pollfd ready = {socket_.get(), POLLIN, 0};
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left <= 0) return absl::DeadlineExceededError("QEMU's gdbstub does not answer");
    poll(&ready, 1, static_cast<int>(left));
    char bytes[4096];
    const ssize_t n = recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0) {
      buffer_.assign(bytes, static_cast<size_t>(n));
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      return absl::UnavailableError("QEMU's gdbstub is gone");
    }
  }
  const char byte = buffer_.front();
  buffer_.erase(0, 1);
  return byte;
}

absl::Status GdbRemote::Send(absl::string_view packet) {
  const std::string framed = absl::StrFormat("$%s#%02x", packet, Checksum(packet));
  for (absl::string_view rest = framed; !rest.empty();) {
    const ssize_t n = send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::UnavailableError("QEMU's gdbstub is gone");
    rest.remove_prefix(static_cast<size_t>(n));
  }
  // Taken at once, so that from now on something to read is something to hear.
  ROXLAB_ASSIGN_OR_RETURN(char acknowledgement, NextByte());
  if (acknowledgement == '+') return absl::OkStatus();
  return absl::InternalError(absl::StrCat("QEMU's gdbstub did not understand '", packet, "'"));
}

absl::StatusOr<std::string> GdbRemote::Receive() {
  char byte = 0;
  ROXLAB_ASSIGN_OR_RETURN(byte, NextByte());
  if (byte != '$') return absl::InternalError("QEMU's gdbstub sent something between packets");
  std::string packet;
  while (packet.size() < kMaxPacket) {
    ROXLAB_ASSIGN_OR_RETURN(byte, NextByte());
    if (byte == '#') break;
    packet.push_back(byte);
  }
  char sum[3] = {};
  for (int i = 0; i < 2; ++i) {
    ROXLAB_ASSIGN_OR_RETURN(sum[i], NextByte());
  }
  if (absl::StrFormat("%02x", Checksum(packet)) != sum)
    return absl::InternalError("a packet of QEMU's gdbstub has a wrong checksum");
  if (send(socket_.get(), "+", 1, MSG_NOSIGNAL) != 1)
    return absl::UnavailableError("QEMU's gdbstub is gone");
  return packet;
}

absl::StatusOr<std::string> GdbRemote::Ask(absl::string_view packet) {
  ROXLAB_RETURN_IF_ERROR(Send(packet));
  return Receive();
}

absl::Status GdbRemote::AskForOk(absl::string_view packet) {
  ROXLAB_ASSIGN_OR_RETURN(std::string answer, Ask(packet));
  if (answer == "OK") return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("QEMU's gdbstub answers '", answer, "' to '", packet, "'"));
}

absl::Status GdbRemote::ReadDescription(const std::string& annex) {
  for (size_t offset = 0;;) {
    ROXLAB_ASSIGN_OR_RETURN(std::string part, Ask(absl::StrFormat("qXfer:features:read:%s:%x,%x",
                                                                  annex, offset, 4000)));
    if (part.empty() || (part[0] != 'm' && part[0] != 'l'))
      return absl::InternalError(absl::StrCat("QEMU's gdbstub does not describe ", annex));
    description_.append(part, 1);
    offset += part.size() - 1;
    if (part[0] == 'l') return absl::OkStatus();
  }
}

absl::Status GdbRemote::Connect() {
  ROXLAB_RETURN_IF_ERROR(Ask("qSupported:xmlRegisters=aarch64").status());
  ROXLAB_RETURN_IF_ERROR(ReadDescription("target.xml"));
  return ReadDescription("system-registers.xml");
}

absl::Status GdbRemote::SetBreakpoint(uint64_t address) {
  return AskForOk(absl::StrFormat("Z1,%x,4", address));
}

absl::Status GdbRemote::RemoveBreakpoint(uint64_t address) {
  return AskForOk(absl::StrFormat("z1,%x,4", address));
}

absl::Status GdbRemote::Continue() { return Send("c"); }

absl::StatusOr<bool> GdbRemote::Stopped() {
  ROXLAB_ASSIGN_OR_RETURN(std::string report, Receive());
  if (absl::StartsWith(report, "T") || absl::StartsWith(report, "S")) return true;
  if (absl::StartsWith(report, "W") || absl::StartsWith(report, "X")) return false;
  return absl::InternalError(absl::StrCat("QEMU's gdbstub reports '", report, "'"));
}

absl::StatusOr<uint64_t> GdbRemote::ReadRegister(absl::string_view name) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(AttributeOf(description_, name, "regnum"), &number))
    return absl::NotFoundError(absl::StrCat("QEMU's gdbstub knows no register ", name));
  ROXLAB_ASSIGN_OR_RETURN(std::string answer, Ask(absl::StrFormat("p%x", number)));
  const std::string bytes = absl::HexStringToBytes(answer);
  uint64_t value = 0;
  if (answer.size() != 16 || bytes.size() != sizeof value)
    return absl::InternalError(absl::StrCat("register ", name, " reads as '", answer, "'"));
  std::memcpy(&value, bytes.data(), sizeof value);  // In the target's byte order, little-endian.
  return value;
}

}  // namespace roxlab
