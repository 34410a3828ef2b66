// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_AUTH_GATE_H_
#define ROXLAB_SERVER_AUTH_GATE_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/clock.h"
#include "db/database.h"
#include "roxlab/v1/auth.pb.h"

namespace roxlab {

// Decides who may call what. Every call passes here before anything of it is done: gRPC's through
// GrpcCredentials(), HTTP's through Site. Thread-safe; nothing here waits for the disk but what
// makes and revokes tokens.
class Gate {
 public:
  struct Options {
    // Whether callers must show a token; otherwise everybody is an admin without a name.
    bool asks = false;
    // Whether runners must also show a certificate.
    bool asks_runner_certificate = false;
    uint32_t calls_per_second = 50;  // Of one person.
  };
  // What comes with a call.
  struct Proof {
    absl::string_view authorization;  // The header: "Bearer SECRET".
    bool certificate = false;         // One of ours was shown.
  };

  // `clock` and `db` must outlive the gate. The token in the file `own_token`, for programs on the
  // server's machine whose user may read it, is an admin's whenever the gate asks: where the file
  // is missing or holds another, the token 'admin' is made anew.
  static absl::StatusOr<std::unique_ptr<Gate>> Open(const Options& options, Database& db,
                                                    const Clock& clock,
                                                    const std::filesystem::path& own_token);

  bool asks() const { return options_.asks; }

  // Whether a call of `path` ("/SERVICE/METHOD", or HTTP's) may go on. UNAUTHENTICATED: no token,
  // or one that is not known (any more). PERMISSION_DENIED: it is not enough. RESOURCE_EXHAUSTED:
  // too many calls.
  absl::Status Admit(absl::string_view path, const Proof& proof) ABSL_LOCKS_EXCLUDED(mutex_);
  // Whose token it is; UNAUTHENTICATED.
  absl::StatusOr<v1::Caller> Find(absl::string_view authorization) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // The three of the service Lab. What Create and Revoke did is on the disk when they return.
  absl::StatusOr<v1::CreateTokenResponse> Create(const v1::CreateTokenRequest& request,
                                                 const v1::Caller& by) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<v1::RevokeTokenResponse> Revoke(const v1::RevokeTokenRequest& request)
      ABSL_LOCKS_EXCLUDED(mutex_);
  v1::ListTokensResponse List() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Calls that a person may make at once.
  struct Allowance {
    double calls;
    int64_t at_ms;
  };
  Gate(const Options& options, Database& db, const Clock& clock)
      : options_(options), db_(db), clock_(clock) {}
  absl::Status Load() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status MakeOwnToken(const std::filesystem::path& file) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Add(v1::Token token, absl::string_view secret) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Count(const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  Database& db_;
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::Token> tokens_ ABSL_GUARDED_BY(mutex_);  // By hash of the secret.
  std::map<std::string, Allowance> allowances_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_AUTH_GATE_H_
