// SPDX-License-Identifier: Apache-2.0
#include "server/auth/gate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/files.h"
#include "common/hash.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "db/tokens.h"
#include "server/auth/need.h"

namespace roxlab {
namespace {

// 160 random bits need no salt and no slow hash: there is nothing to guess.
constexpr int kSecretDigits = 40;
// Tells people, and programs that look for leaked secrets, what it is.
constexpr char kSecretPrefix[] = "roxlab_";
constexpr char kOwnToken[] = "admin";
constexpr double kBurstSeconds = 4;

std::string MakeSecret() { return absl::StrCat(kSecretPrefix, RandomHex(kSecretDigits)); }

// HTTP's scheme in any case (RFC 9110, 11.1).
absl::string_view SecretOf(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "bearer ";
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) return {};
  return absl::StripAsciiWhitespace(authorization.substr(kScheme.size()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gate>> Gate::Open(const Options& options, Database& db,
                                                 const Clock& clock,
                                                 const std::filesystem::path& own_token) {
  auto gate = absl::WrapUnique(new Gate(options, db, clock));
  ROXLAB_RETURN_IF_ERROR(gate->Load());
  if (options.asks) {
    ROXLAB_RETURN_IF_ERROR(gate->MakeOwnToken(own_token));
  }
  return gate;
}

absl::Status Gate::Load() {
  return db_.Read([&](Connection& connection) -> absl::Status {
    absl::MutexLock lock(&mutex_);
    ROXLAB_ASSIGN_OR_RETURN(tokens_, TokenTable(connection).All());
    return absl::OkStatus();
  });
}

absl::Status Gate::MakeOwnToken(const std::filesystem::path& file) {
  const absl::StatusOr<std::string> written = ReadFile(file, 4096);
  if (written.ok() && Find(absl::StrCat("Bearer ", *written)).ok()) return absl::OkStatus();
  v1::RevokeTokenRequest old;
  old.set_name(kOwnToken);
  if (absl::Status status = Revoke(old).status(); !status.ok() && !absl::IsNotFound(status))
    return status;
  v1::Token token;
  token.set_name(kOwnToken);
  token.set_role(v1::ROLE_ADMIN);
  const std::string secret = MakeSecret();
  ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(file, absl::StrCat(secret, "\n"), 0600));
  return Add(std::move(token), secret);
}

absl::Status Gate::Admit(absl::string_view path, const Proof& proof) {
  if (!options_.asks) return absl::OkStatus();
  const std::optional<v1::Role> need = NeedOf(path);
  if (!need.has_value())
    return absl::PermissionDeniedError(absl::StrCat(path, " is not open to anybody"));
  if (*need == v1::ROLE_UNSPECIFIED) return absl::OkStatus();
  ROXLAB_ASSIGN_OR_RETURN(const v1::Caller caller, Find(proof.authorization));
  if (!Suffices(caller.role(), *need)) {
    return absl::PermissionDeniedError(
        absl::StrCat(path.substr(path.rfind('/') + 1), " needs the role ", RoleName(*need),
                     "; the token '", caller.name(), "' has the role ", RoleName(caller.role())));
  }
  if (*need == v1::ROLE_RUNNER && options_.asks_runner_certificate && !proof.certificate) {
    return absl::UnauthenticatedError(
        "this server asks runners for a certificate as well (tls_certificate and tls_key in "
        "runner.yaml)");
  }
  return caller.role() == v1::ROLE_RUNNER ? absl::OkStatus() : Count(caller.name());
}

absl::StatusOr<v1::Caller> Gate::Find(absl::string_view authorization) const {
  v1::Caller caller;
  if (!options_.asks) {
    caller.set_role(v1::ROLE_ADMIN);
    return caller;
  }
  const absl::string_view secret = SecretOf(authorization);
  if (secret.empty()) {
    return absl::UnauthenticatedError(
        "this server asks for a token: set ROXLAB_TOKEN, or token_file of a runner; whoever runs "
        "the "
        "lab makes one with 'roxlab token add NAME'");
  }
  absl::MutexLock lock(&mutex_);
  const auto found = tokens_.find(Sha256Hex(secret));
  if (found == tokens_.end())
    return absl::UnauthenticatedError("the token is not known here, or was revoked");
  caller.set_name(found->second.name());
  caller.set_role(found->second.role());
  return caller;
}

absl::Status Gate::Count(const std::string& name) {
  const double rate = options_.calls_per_second, most = rate * kBurstSeconds;
  const int64_t now_ms = clock_.NowMs();
  absl::MutexLock lock(&mutex_);
  auto [found, first] = allowances_.try_emplace(name, Allowance{most, now_ms});
  Allowance& allowance = found->second;
  const double waited = static_cast<double>(now_ms - allowance.at_ms) / 1000;
  allowance = {std::clamp(allowance.calls + waited * rate, 0.0, most), now_ms};
  if (allowance.calls < 1) {
    return absl::ResourceExhaustedError(
        absl::StrCat("'", name, "' makes more than ", options_.calls_per_second,
                     " calls a second (calls_per_second of the server): call again in a second"));
  }
  allowance.calls -= 1;
  return absl::OkStatus();
}

absl::StatusOr<v1::CreateTokenResponse> Gate::Create(const v1::CreateTokenRequest& request,
                                                     const v1::Caller& by) {
  if (!options_.asks) {
    return absl::FailedPreconditionError(
        "this server has no TLS and asks for no tokens: start it with --tls-certificate first");
  }
  if (!IsValidName(request.name())) {
    return absl::InvalidArgumentError(
        "name: 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit");
  }
  if (request.role() == v1::ROLE_UNSPECIFIED || !v1::Role_IsValid(request.role()))
    return absl::InvalidArgumentError("role: viewer, submitter, admin or runner");
  v1::Token token;
  token.set_name(request.name());
  token.set_role(request.role());
  token.set_created_by(by.name());
  v1::CreateTokenResponse response;
  response.set_secret(MakeSecret());
  ROXLAB_RETURN_IF_ERROR(Add(std::move(token), response.secret()));
  return response;
}

absl::Status Gate::Add(v1::Token token, absl::string_view secret) {
  token.set_created_ms(clock_.NowMs());
  const std::string sha256 = Sha256Hex(secret);
  ROXLAB_RETURN_IF_ERROR(
      db_.Write([&](Connection& connection) { return TokenTable(connection).Add(token, sha256); }));
  absl::MutexLock lock(&mutex_);
  tokens_[sha256] = std::move(token);
  return absl::OkStatus();
}

absl::StatusOr<v1::RevokeTokenResponse> Gate::Revoke(const v1::RevokeTokenRequest& request) {
  bool was_there = false;
  ROXLAB_RETURN_IF_ERROR(db_.Write([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(was_there, TokenTable(connection).Remove(request.name()));
    return absl::OkStatus();
  }));
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (const auto& [sha256, token] : tokens_) names.push_back(token.name());
  if (!was_there) return absl::NotFoundError(UnknownName("token", request.name(), names));
  std::erase_if(tokens_, [&](const auto& token) { return token.second.name() == request.name(); });
  allowances_.erase(request.name());
  return v1::RevokeTokenResponse();
}

v1::ListTokensResponse Gate::List() const {
  v1::ListTokensResponse response;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [sha256, token] : tokens_) *response.add_tokens() = token;
  }
  std::sort(response.mutable_tokens()->begin(), response.mutable_tokens()->end(),
            [](const v1::Token& a, const v1::Token& b) { return a.name() < b.name(); });
  return response;
}

}  // namespace roxlab
