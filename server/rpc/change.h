// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_CHANGE_H_
#define ROXLAB_SERVER_RPC_CHANGE_H_

#include <string>
#include <utility>

#include "roxlab/v1/auth.pb.h"
#include "server/auth/grpc_credentials.h"
#include "server/lab/audit.h"
#include "server/lab/lab.h"
#include "server/rpc/unary.h"

namespace roxlab {

// As Answer(), for a method that changes something: `work` is given the caller, and before the
// answer goes out it stands in the audit log what was done, or tried, to `subject`. A response that
// made something with an id of its own says so by `named`, a std::string(const Response&).
template <typename Response, typename Work, typename Named>
grpc::ServerUnaryReactor* AnswerChange(Lab& lab, grpc::CallbackServerContext* context,
                                       const char* method, std::string subject, Response* response,
                                       Work work, Named named) {
  v1::AuditEntry entry;
  entry.set_method(method);
  entry.set_subject(std::move(subject));
  entry.set_peer(PeerOf(*context));
  absl::StatusOr<v1::Caller> caller = CallerOf(lab.gate(), *context);
  return Answer(lab.pool(), context, response,
                [&lab, entry = std::move(entry), caller = std::move(caller), work = std::move(work),
                 named = std::move(named)]() -> absl::StatusOr<Response> {
                  if (!caller.ok()) return caller.status();
                  absl::StatusOr<Response> result = work(*caller);
                  v1::AuditEntry done = entry;
                  *done.mutable_caller() = *caller;
                  if (result.ok() && !named(*result).empty()) done.set_subject(named(*result));
                  WriteAudit(lab, std::move(done), result.status());
                  return result;
                });
}
template <typename Response, typename Work>
grpc::ServerUnaryReactor* AnswerChange(Lab& lab, grpc::CallbackServerContext* context,
                                       const char* method, std::string subject, Response* response,
                                       Work work) {
  return AnswerChange(lab, context, method, std::move(subject), response, std::move(work),
                      [](const Response&) { return std::string(); });
}

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_CHANGE_H_
