// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/power_control.h"
#include "common/files.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

class PowerCommandsTest : public ::testing::Test {
 protected:
  // A command that adds `word` to a file.
  void Note(google::protobuf::RepeatedPtrField<std::string>* argv, const std::string& word) {
    for (const std::string& part :
         {std::string("sh"), std::string("-c"), std::string("echo \"$1\" >>\"$2\""),
          std::string("x"), word, (dir_.path() / "notes").string()})
      argv->Add()->assign(part);
  }
  std::string Notes() const { return *ReadFile(dir_.path() / "notes"); }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "power-");
  v1::BoardPower power_;
};

TEST_F(PowerCommandsTest, EachVerbRunsItsCommand) {
  Note(power_.mutable_commands()->mutable_on(), "on");
  Note(power_.mutable_commands()->mutable_off(), "off");
  Note(power_.mutable_commands()->mutable_cycle(), "cy'cle");
  const PowerControl control(power_);
  EXPECT_TRUE(control.On(Soon(), StopToken()).ok());
  EXPECT_TRUE(control.Off(Soon(), StopToken()).ok());
  EXPECT_TRUE(control.Cycle(Soon(), StopToken()).ok());
  EXPECT_EQ(Notes(), "on\noff\ncy'cle\n");
}

TEST_F(PowerCommandsTest, WithoutACommandForItACycleIsOffAndThenOn) {
  Note(power_.mutable_commands()->mutable_on(), "on");
  Note(power_.mutable_commands()->mutable_off(), "off");
  EXPECT_TRUE(PowerControl(power_).Cycle(Soon(), StopToken()).ok());
  EXPECT_EQ(Notes(), "off\non\n");
}

TEST_F(PowerCommandsTest, ACommandThatFailsIsShownWithWhatItSaid) {
  for (const char* word : {"sh", "-c", "echo relay is stuck >&2; exit 3"})
    power_.mutable_commands()->add_cycle(word);
  const absl::Status status = PowerControl(power_).Cycle(Soon(), StopToken());
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("power cycle"), HasSubstr("exit status 3: relay is stuck")));
}

TEST_F(PowerCommandsTest, ACommandThatHangsEndsAtItsDeadlineAndWhenStopped) {
  for (const char* word : {"sleep", "100"}) power_.mutable_commands()->add_on(word);
  const PowerControl control(power_);
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(control.On(absl::Now() + absl::Milliseconds(50), StopToken())));
  StopToken stop;
  stop.Stop();
  EXPECT_TRUE(absl::IsCancelled(control.On(Soon(), stop)));
}

TEST_F(PowerCommandsTest, WhatCannotBeSwitchedIsSaid) {
  EXPECT_FALSE(PowerControl(power_).available());
  EXPECT_TRUE(absl::IsFailedPrecondition(PowerControl(power_).On(Soon(), StopToken())));
  power_.mutable_commands()->add_cycle("no-such-program");
  EXPECT_TRUE(absl::IsFailedPrecondition(PowerControl(power_).On(Soon(), StopToken())));
  EXPECT_TRUE(absl::IsNotFound(PowerControl(power_).Cycle(Soon(), StopToken())));
}

TEST_F(PowerCommandsTest, ACheckFindsAProgramThatIsMissingAndSwitchesNothing) {
  EXPECT_TRUE(absl::IsFailedPrecondition(PowerControl(power_).Check(Soon(), StopToken())));
  Note(power_.mutable_commands()->mutable_on(), "on");
  Note(power_.mutable_commands()->mutable_off(), "off");
  EXPECT_TRUE(PowerControl(power_).Check(Soon(), StopToken()).ok());
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "notes"));
  power_.mutable_commands()->set_off(0, "no-such-program");
  const absl::Status status = PowerControl(power_).Check(Soon(), StopToken());
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("no program 'no-such-program'"));
}

// A real HTTP server with pdudaemon's paths.
class PduDaemonTest : public ::testing::Test {
 protected:
  PduDaemonTest() {
    server_.Get("/power/control/(\\w+)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  asked_.push_back(absl::StrCat(request.matches[1].str(), " ",
                                                request.get_param_value("hostname"), " ",
                                                request.get_param_value("port")));
                  if (request.get_param_value("port") == "9") {
                    response.status = 500;
                    response.set_content("Invalid request", "text/plain");
                  }
                });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    power_.mutable_pdudaemon()->set_url(absl::StrCat("http://127.0.0.1:", port_, "/"));
    power_.mutable_pdudaemon()->set_hostname("pdu & co");
    power_.mutable_pdudaemon()->set_port("3");
  }
  ~PduDaemonTest() override {
    while (!server_.is_running()) std::this_thread::yield();  // stop() would find nothing to stop.
    server_.stop();
    thread_.join();
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::vector<std::string> asked_;
  v1::BoardPower power_;
};

TEST_F(PduDaemonTest, EachVerbIsAskedForByItsNameThere) {
  const PowerControl control(power_);
  EXPECT_TRUE(control.On(Soon(), StopToken()).ok());
  EXPECT_TRUE(control.Off(Soon(), StopToken()).ok());
  const absl::Status cycled = control.Cycle(Soon(), StopToken());
  EXPECT_TRUE(cycled.ok()) << cycled;
  EXPECT_THAT(asked_, ElementsAre("on pdu & co 3", "off pdu & co 3", "reboot pdu & co 3"));
}

TEST_F(PduDaemonTest, ACheckAsksForNothing) {
  const absl::Status status = PowerControl(power_).Check(Soon(), StopToken());
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(asked_, ElementsAre());
  power_.mutable_pdudaemon()->set_url(absl::StrCat("http://127.0.0.1:", TcpListener().port()));
  EXPECT_TRUE(absl::IsUnavailable(PowerControl(power_).Check(Soon(), StopToken())));
}

TEST_F(PduDaemonTest, ARefusalIsShownWithWhatTheDaemonSaid) {
  power_.mutable_pdudaemon()->set_port("9");
  const absl::Status status = PowerControl(power_).On(Soon(), StopToken());
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("HTTP 500: Invalid request"));
}

TEST_F(PduDaemonTest, NoDaemonThereIsUnavailable) {
  power_.mutable_pdudaemon()->set_url(absl::StrCat("http://127.0.0.1:", TcpListener().port()));
  EXPECT_TRUE(absl::IsUnavailable(PowerControl(power_).On(Soon(), StopToken())));
}

TEST_F(PduDaemonTest, ADaemonThatSaysNothingCostsTheDeadlineOrUntilStopped) {
  const TcpListener listener;
  power_.mutable_pdudaemon()->set_url(absl::StrCat("http://127.0.0.1:", listener.port()));
  const absl::Time start = absl::Now();
  const absl::Status late = PowerControl(power_).On(start + absl::Milliseconds(100), StopToken());
  EXPECT_TRUE(absl::IsDeadlineExceeded(late)) << late;
  StopToken stop;
  std::thread stopper([&] {
    listener.Accept();  // The late one.
    const UniqueFd connection = listener.Accept();
    stop.Stop();
    char byte = 0;
    while (read(connection.get(), &byte, 1) > 0) continue;
  });
  const absl::Status stopped = PowerControl(power_).On(Soon(), stop);
  stopper.join();
  EXPECT_TRUE(absl::IsCancelled(stopped)) << stopped;
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

}  // namespace
}  // namespace roxlab
