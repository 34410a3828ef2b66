// SPDX-License-Identifier: Apache-2.0
//
// Who may do what on a server with TLS.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/certificates.h"
#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using google::protobuf::MethodDescriptor;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr v1::Role kRoles[] = {v1::ROLE_VIEWER, v1::ROLE_SUBMITTER, v1::ROLE_ADMIN,
                               v1::ROLE_RUNNER};

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const auto* file : {v1::Lab::service_full_name(), v1::RunnerHub::service_full_name(),
                           v1::Artifacts::service_full_name()}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(file);
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

class ServerAuthTest : public ServerTest {
 protected:
  void SetUp() override {
    more_settings_.set_tls_certificate(certificates_.Crt("lab"));
    more_settings_.set_tls_key(certificates_.Key("lab"));
    credentials_.ca = *ReadFile(certificates_.Crt("lab"));
    StartAsAdmin();
  }
  void StartAsAdmin() {
    StartServer();
    credentials_.token = std::string(absl::StripAsciiWhitespace(*ReadFile(OwnToken())));
    lab_ = Stub(credentials_.token);
  }
  std::filesystem::path OwnToken() const { return home_.path() / "home" / "admin.token"; }

  std::shared_ptr<grpc::Channel> Channel(const std::string& token) const {
    Credentials credentials = credentials_;
    credentials.token = token;
    return MakeChannel(server_->address(), credentials);
  }
  std::unique_ptr<v1::Lab::Stub> Stub(const std::string& token) const {
    return v1::Lab::NewStub(Channel(token));
  }
  std::string MakeToken(const std::string& name, v1::Role role) {
    v1::CreateTokenRequest request;
    request.set_name(name);
    request.set_role(role);
    const auto made = Call(&v1::Lab::Stub::CreateToken, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->secret() : "";
  }
  // Whatever kind of method it is: one empty message.
  static absl::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel,
                              const std::string& path) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
    const grpc::Slice empty;
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> status;
    stub.UnaryCall(&context, path, {}, &request, &response,
                   [&](grpc::Status got) { status.set_value(std::move(got)); });
    return FromGrpc(status.get_future().get());
  }
  static std::string PathOf(const MethodDescriptor* method) {
    return absl::StrCat("/", method->service()->full_name(), "/", method->name());
  }
  absl::StatusOr<v1::Caller> WhoIs(const std::string& token) {
    lab_ = Stub(token);
    return Call(&v1::Lab::Stub::WhoAmI, v1::WhoAmIRequest());
  }
  absl::Status CancelAs(const std::string& token, const std::string& id) {
    lab_ = Stub(token);
    v1::CancelExperimentRequest request;
    request.set_id(id);
    return Call(&v1::Lab::Stub::CancelExperiment, request).status();
  }
  absl::Status StartWith(const v1::ServerSettings& more) const {
    v1::ServerSettings settings;
    settings.set_home((home_.path() / "other").string());
    settings.set_listen("127.0.0.1:0");
    settings.set_http("off");
    settings.MergeFrom(more);
    return Server::Start(settings, clock_,
                         [this]() -> absl::StatusOr<v1::Catalog> { return catalog_; })
        .status();
  }

  Certificates certificates_;
};

TEST_F(ServerAuthTest, EveryMethodSaysWhoMayCallIt) {
  for (const MethodDescriptor* method : AllMethods())
    EXPECT_NE(method->options().GetExtension(v1::needs), v1::ROLE_UNSPECIFIED)
        << method->full_name();
}

TEST_F(ServerAuthTest, NoMethodIsOpenToWhomItIsNotFor) {
  std::map<v1::Role, std::shared_ptr<grpc::Channel>> channels;
  for (v1::Role role : kRoles) channels[role] = Channel(MakeToken(v1::Role_Name(role), role));
  const auto nobody = Channel(""), stranger = Channel("roxlab_0123456789");
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string path = PathOf(method);
    EXPECT_EQ(CallRaw(nobody, path).code(), absl::StatusCode::kUnauthenticated) << path;
    EXPECT_EQ(CallRaw(stranger, path).code(), absl::StatusCode::kUnauthenticated) << path;
    const v1::Role needs = method->options().GetExtension(v1::needs);
    for (v1::Role role : kRoles) {
      const bool may = role == v1::ROLE_ADMIN || role == needs || needs == v1::ROLE_VIEWER;
      const absl::Status status = CallRaw(channels[role], path);
      // What an empty message is refused for is another thing than who sent it.
      EXPECT_EQ(
          absl::IsPermissionDenied(status) &&
              absl::StrContains(status.message(), absl::StrCat(method->name(), " needs the role ")),
          !may)
          << path << " " << v1::Role_Name(role) << " " << status;
    }
  }
}

TEST_F(ServerAuthTest, OtherServicesAreGuardedTooButHealthIsNot) {
  const auto nobody = Channel("");
  EXPECT_EQ(
      CallRaw(nobody, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo").code(),
      absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CallRaw(nobody, "/roxlab.v1.Lab/NoSuchMethod").code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(CallRaw(nobody, "/grpc.health.v1.Health/Check").ok());
  const auto viewer = Channel(MakeToken("ann", v1::ROLE_VIEWER));
  EXPECT_EQ(CallRaw(viewer, "/roxlab.v1.Lab/NoSuchMethod").code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(ServerAuthTest, WithoutTlsOnTheLineNothingIsSaidAndNoTokenGoesOut) {
  EXPECT_THAT(server_->address(), StartsWith("tls://localhost:"));
  const std::string plain = server_->address().substr(std::string("tls://").size());
  EXPECT_TRUE(
      absl::IsUnavailable(CallRaw(MakeChannel(plain, credentials_), "/roxlab.v1.Lab/WhoAmI")));
  Credentials other = credentials_;
  other.ca = *ReadFile(certificates_.Crt("somebody else"));
  EXPECT_TRUE(absl::IsUnavailable(
      CallRaw(MakeChannel(server_->address(), other), "/roxlab.v1.Lab/WhoAmI")));
}

TEST_F(ServerAuthTest, ARevokedTokenIsRefusedAtOnceAndAfterARestart) {
  const std::string ann = MakeToken("ann", v1::ROLE_SUBMITTER);
  const absl::StatusOr<v1::Caller> caller = WhoIs(ann);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->name(), "ann");
  EXPECT_EQ(caller->role(), v1::ROLE_SUBMITTER);

  server_.reset();
  StartAsAdmin();
  EXPECT_TRUE(WhoIs(ann).ok());

  lab_ = Stub(credentials_.token);
  v1::RevokeTokenRequest request;
  request.set_name("ann");
  ASSERT_TRUE(Call(&v1::Lab::Stub::RevokeToken, request).ok());
  EXPECT_TRUE(absl::IsUnauthenticated(WhoIs(ann).status()));
  server_.reset();
  StartAsAdmin();
  EXPECT_TRUE(absl::IsUnauthenticated(WhoIs(ann).status()));

  lab_ = Stub(credentials_.token);
  request.set_name("anne");
  const absl::Status unknown = Call(&v1::Lab::Stub::RevokeToken, request).status();
  EXPECT_TRUE(absl::IsNotFound(unknown)) << unknown;
}

TEST_F(ServerAuthTest, NoSecretIsInTheDatabase) {
  const std::string ann = MakeToken("ann", v1::ROLE_VIEWER);
  ASSERT_GE(ann.size(), 40u);
  server_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(home_.path() / "home")) {
    if (!entry.is_regular_file() || entry.path() == OwnToken()) continue;
    const absl::StatusOr<std::string> content = ReadFile(entry.path());
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_EQ(content->find(ann.substr(7)), std::string::npos) << entry.path();
    EXPECT_EQ(content->find(credentials_.token.substr(7)), std::string::npos) << entry.path();
  }
}

TEST_F(ServerAuthTest, TheServersOwnTokenIsForItsUserAndIsMadeAgainWhenLost) {
  struct stat file;
  ASSERT_EQ(stat(OwnToken().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  const std::string first = credentials_.token;
  server_.reset();
  StartAsAdmin();
  EXPECT_EQ(credentials_.token, first);
  server_.reset();
  std::filesystem::remove(OwnToken());
  StartAsAdmin();
  EXPECT_TRUE(WhoIs(credentials_.token).ok());
  EXPECT_TRUE(absl::IsUnauthenticated(WhoIs(first).status()));
}

TEST_F(ServerAuthTest, AnExperimentIsItsSubmittersAndOnlyTheyAndAdminsCancelIt) {
  const std::string ann = MakeToken("ann", v1::ROLE_SUBMITTER);
  const std::string bob = MakeToken("bob", v1::ROLE_SUBMITTER);
  lab_ = Stub(ann);
  const auto submitted = Submit(TestExperiment());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  const std::string id = submitted->experiment().id();
  EXPECT_EQ(submitted->experiment().submitter(), "ann");

  const absl::Status refused = CancelAs(bob, id);
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("handed in by 'ann'"));
  EXPECT_NE(Get(id).experiment().state(), v1::DONE);
  EXPECT_TRUE(CancelAs(ann, id).ok());

  lab_ = Stub(ann);
  const auto second = Submit(TestExperiment());
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(CancelAs(credentials_.token, second->experiment().id()).ok());
}

TEST_F(ServerAuthTest, WhoChangedWhatIsInTheAuditLogAndWhoLookedIsNot) {
  const std::string ann = MakeToken("ann", v1::ROLE_SUBMITTER);
  const std::string bob = MakeToken("bob", v1::ROLE_SUBMITTER);
  lab_ = Stub(ann);
  const std::string id = Submit(TestExperiment())->experiment().id();
  v1::SubmitExperimentRequest look;
  *look.mutable_spec() = TestExperiment();
  look.set_validate_only(true);
  ASSERT_TRUE(Call(&v1::Lab::Stub::SubmitExperiment, look).ok());
  EXPECT_FALSE(CancelAs(bob, id).ok());

  lab_ = Stub(credentials_.token);
  v1::ListAuditRequest request;
  request.set_page_size(2);
  const auto newest = Call(&v1::Lab::Stub::ListAudit, request);
  ASSERT_TRUE(newest.ok()) << newest.status();
  ASSERT_EQ(newest->entries_size(), 2);
  const v1::AuditEntry& cancel = newest->entries(0);
  EXPECT_EQ(cancel.caller().name(), "bob");
  EXPECT_EQ(cancel.method(), "CancelExperiment");
  EXPECT_EQ(cancel.subject(), id);
  EXPECT_THAT(cancel.error(), HasSubstr("handed in by 'ann'"));
  EXPECT_THAT(cancel.peer(), HasSubstr("127.0.0.1"));
  EXPECT_EQ(newest->entries(1).method(), "SubmitExperiment");
  EXPECT_EQ(newest->entries(1).subject(), id);
  EXPECT_EQ(newest->entries(1).error(), "");
  EXPECT_EQ(newest->entries(1).at_ms(), clock_.NowMs());

  request.set_page_token(newest->next_page_token());
  const auto older = Call(&v1::Lab::Stub::ListAudit, request);
  ASSERT_TRUE(older.ok()) << older.status();
  ASSERT_EQ(older->entries_size(), 2);
  EXPECT_EQ(older->entries(0).subject(), "bob submitter");
  EXPECT_EQ(older->entries(1).subject(), "ann submitter");
  EXPECT_EQ(older->entries(1).caller().name(), "admin");
}

TEST_F(ServerAuthTest, ARunnersTokenIsForRunnersOfItsName) {
  Credentials desk = credentials_;
  desk.token = MakeToken("desk", v1::ROLE_RUNNER);
  EXPECT_TRUE(FakeRunner(server_->address(), "desk", desk).Synchronize(0).ok());
  EXPECT_TRUE(FakeRunner(server_->address(), "desk-2", desk).Synchronize(0).ok());
  FakeRunner other(server_->address(), "desktop", desk);
  const absl::Status refused = other.Synchronize(0).status();
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("not for 'desktop'"));
  EXPECT_TRUE(absl::IsPermissionDenied(other.AppendLog("x", 0, "y").status()));
}

TEST_F(ServerAuthTest, WhereRunnersNeedACertificateATokenIsNotEnough) {
  server_.reset();
  more_settings_.set_tls_runner_ca(certificates_.Crt("runners"));
  StartAsAdmin();
  Credentials desk = credentials_;
  desk.token = MakeToken("desk", v1::ROLE_RUNNER);
  const absl::Status refused = FakeRunner(server_->address(), "desk", desk).Synchronize(0).status();
  EXPECT_TRUE(absl::IsUnauthenticated(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("certificate"));

  desk.certificate = *ReadFile(certificates_.Crt("runners"));
  desk.key = *ReadFile(certificates_.Key("runners"));
  EXPECT_TRUE(FakeRunner(server_->address(), "desk", desk).Synchronize(0).ok());
  desk.token = "";
  EXPECT_TRUE(absl::IsUnauthenticated(
      FakeRunner(server_->address(), "desk", desk).Synchronize(0).status()));
  desk.token = MakeToken("desk-2", v1::ROLE_RUNNER);
  desk.certificate = *ReadFile(certificates_.Crt("strangers"));
  desk.key = *ReadFile(certificates_.Key("strangers"));
  EXPECT_TRUE(
      absl::IsUnavailable(FakeRunner(server_->address(), "desk-2", desk).Synchronize(0).status()));
}

TEST_F(ServerAuthTest, WhoCallsTooOftenIsAskedToWait) {
  server_.reset();
  more_settings_.set_calls_per_second(2);
  StartAsAdmin();
  const std::string ann = MakeToken("ann", v1::ROLE_VIEWER);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(WhoIs(ann).ok()) << i;
  const absl::Status refused = WhoIs(ann).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("more than 2 calls a second"));
  EXPECT_TRUE(WhoIs(credentials_.token).ok());  // Others are not held up.
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_TRUE(WhoIs(ann).ok());
  EXPECT_FALSE(WhoIs(ann).ok());
}

TEST_F(ServerAuthTest, TokensThatCannotBeMadeAreExplained) {
  v1::CreateTokenRequest request;
  request.set_role(v1::ROLE_VIEWER);
  for (const char* name : {"", "-a", "a b", "a/b", "../a", "a\nb"}) {
    request.set_name(name);
    const absl::Status status = Call(&v1::Lab::Stub::CreateToken, request).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name << status;
  }
  request.set_name("admin");
  EXPECT_TRUE(absl::IsAlreadyExists(Call(&v1::Lab::Stub::CreateToken, request).status()));
  request.set_name("ann");
  request.clear_role();
  EXPECT_TRUE(absl::IsInvalidArgument(Call(&v1::Lab::Stub::CreateToken, request).status()));
}

TEST_F(ServerAuthTest, TlsFilesThatDoNotFitAreNamed) {
  const auto why = [this](const std::string& certificate, const std::string& key) {
    v1::ServerSettings settings;
    settings.set_tls_certificate(certificate);
    settings.set_tls_key(key);
    return std::string(StartWith(settings).message());
  };
  const std::string crt = certificates_.Crt("lab"), key = certificates_.Key("lab");
  EXPECT_THAT(why(crt, ""), HasSubstr("give tls_key too"));
  EXPECT_THAT(why("", key), HasSubstr("tls_certificate only"));
  EXPECT_THAT(why(crt, certificates_.Key("other")), HasSubstr("is not the key of"));
  EXPECT_THAT(why(key, key), HasSubstr("holds no certificate"));
  EXPECT_THAT(why(crt, crt), HasSubstr("holds no key"));
  EXPECT_THAT(why("/no/such.crt", key), HasSubstr("tls_certificate: cannot open /no/such.crt"));
  clock_.Advance(absl::Hours(24 * 365 * 12));
  EXPECT_THAT(why(crt, key), HasSubstr("has expired"));
}

TEST_F(ServerAuthTest, AnAddressThatOthersReachNeedsTls) {
  v1::ServerSettings settings;
  settings.set_listen("0.0.0.0:0");
  const absl::Status refused = StartWith(settings);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("listen: 0.0.0.0:0 can be reached"));
  settings.set_tls_certificate(certificates_.Crt("lab"));
  settings.set_tls_key(certificates_.Key("lab"));
  EXPECT_TRUE(StartWith(settings).ok());
}

class OpenServerTest : public ServerTest {};

TEST_F(OpenServerTest, WithoutTlsEverybodyIsAnAdminWithoutAName) {
  const auto caller = Call(&v1::Lab::Stub::WhoAmI, v1::WhoAmIRequest());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->name(), "");
  EXPECT_EQ(caller->role(), v1::ROLE_ADMIN);
  v1::CreateTokenRequest request;
  request.set_name("ann");
  request.set_role(v1::ROLE_VIEWER);
  const absl::Status refused = Call(&v1::Lab::Stub::CreateToken, request).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--tls-certificate"));
  EXPECT_FALSE(std::filesystem::exists(home_.path() / "home" / "admin.token"));
}

}  // namespace
}  // namespace roxlab
