// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runner/machine/gdb_remote.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

std::string Framed(const std::string& packet) {
  uint8_t sum = 0;
  for (char c : packet) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(c));
  return absl::StrFormat("$%s#%02x", packet, sum);
}

// The other side of the protocol: answers each packet from a table.
class FakeStub {
 public:
  explicit FakeStub(std::map<std::string, std::string> answers) : answers_(std::move(answers)) {
    int sockets[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
    client = UniqueFd(sockets[0]);
    server_ = UniqueFd(sockets[1]);
    thread_ = std::thread([this] { Serve(); });
  }
  ~FakeStub() {
    shutdown(server_.get(), SHUT_RDWR);
    thread_.join();
  }

  UniqueFd client;

 private:
  void Serve() {
    std::string packet;
    char c = 0;
    while (read(server_.get(), &c, 1) == 1) {
      if (c == '+' && packet.empty()) continue;
      packet.push_back(c);
      if (packet.size() < 4 || packet[packet.size() - 3] != '#') continue;
      auto answer = answers_.find(packet.substr(1, packet.size() - 4));
      packet.clear();
      if (answer == answers_.end()) return;  // Says nothing more, as one that has died.
      const std::string bytes = "+" + Framed(answer->second);
      ASSERT_EQ(write(server_.get(), bytes.data(), bytes.size()), ssize_t(bytes.size()));
    }
  }

  std::map<std::string, std::string> answers_;
  UniqueFd server_;
  std::thread thread_;
};

// Answers, and those to the greeting: the registers come in two parts.
std::map<std::string, std::string> With(std::map<std::string, std::string> more) {
  const std::string part = "<feature><reg name=\"TTBR0_EL1\" bitsize=\"64\" regnum=\"200\"/>";
  more["qSupported:xmlRegisters=aarch64"] = "PacketSize=1000";
  more["qXfer:features:read:target.xml:0,fa0"] = "l<target><xi:include href=\"a.xml\"/></target>";
  more["qXfer:features:read:system-registers.xml:0,fa0"] = "m" + part;
  more[absl::StrFormat("qXfer:features:read:system-registers.xml:%x,fa0", part.size())] =
      "l<reg name=\"TTBR1_EL1\" bitsize=\"64\" regnum=\"201\" group=\"x\"/></feature>";
  return more;
}

TEST(GdbRemote, ReadsARegisterByTheNumberThatTheTargetGivesIt) {
  FakeStub stub(With({{"pc9", "0110a04100000000"}}));
  GdbRemote gdb(std::move(stub.client));
  ASSERT_TRUE(gdb.Connect().ok());
  absl::StatusOr<uint64_t> value = gdb.ReadRegister("TTBR1_EL1");
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, 0x41a01001u);
  EXPECT_EQ(gdb.ReadRegister("TTBR9_EL1").status().code(), absl::StatusCode::kNotFound);
}

TEST(GdbRemote, AStopAndAnEndAreToldApart) {
  FakeStub stub(With({{"Z1,1000000,4", "OK"}, {"c", "T05thread:p01.01;"}}));
  GdbRemote gdb(std::move(stub.client));
  ASSERT_TRUE(gdb.Connect().ok());
  EXPECT_TRUE(gdb.SetBreakpoint(0x1000000).ok());
  ASSERT_TRUE(gdb.Continue().ok());
  EXPECT_TRUE(*gdb.Stopped());

  FakeStub ended(With({{"c", "W00"}}));
  GdbRemote other(std::move(ended.client));
  ASSERT_TRUE(other.Connect().ok());
  ASSERT_TRUE(other.Continue().ok());
  EXPECT_FALSE(*other.Stopped());
}

TEST(GdbRemote, ARefusalNamesTheQuestion) {
  FakeStub stub(With({{"Z1,1000000,4", "E22"}}));
  GdbRemote gdb(std::move(stub.client));
  ASSERT_TRUE(gdb.Connect().ok());
  EXPECT_THAT(gdb.SetBreakpoint(0x1000000).message(), HasSubstr("'E22' to 'Z1,1000000,4'"));
}

TEST(GdbRemote, APartnerThatHasGoneOrSaysNothingIsNotWaitedForForEver) {
  int sockets[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  close(sockets[1]);
  EXPECT_EQ(GdbRemote(UniqueFd(sockets[0])).Connect().code(), absl::StatusCode::kUnavailable);

  FakeStub mute({});
  EXPECT_EQ(GdbRemote(std::move(mute.client), absl::Milliseconds(20)).Connect().code(),
            absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace roxlab
