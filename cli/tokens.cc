// SPDX-License-Identifier: Apache-2.0
//
// Who may use the lab, and who did what.
#include <iostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/table.h"

namespace roxlab {
namespace {

std::string RoleText(v1::Role role) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Role_Name(role), "ROLE_"));
}

std::string Day(int64_t ms, const char* format) {
  return absl::FormatTime(format, absl::FromUnixMillis(ms), absl::LocalTimeZone());
}

}  // namespace

absl::StatusOr<int> AddToken(const CliContext& context, const std::string& name,
                             const std::string& role) {
  v1::CreateTokenRequest request;
  request.set_name(name);
  v1::Role parsed = v1::ROLE_UNSPECIFIED;
  v1::Role_Parse(absl::AsciiStrToUpper(absl::StrCat("role_", role)), &parsed);
  request.set_role(parsed);
  ROXLAB_ASSIGN_OR_RETURN(const v1::CreateTokenResponse response,
                          LabClient(context).Call(&v1::Lab::Stub::CreateToken, request));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  std::cout << response.secret() << "\n";
  std::cerr << "the server keeps only a hash of it: hand it on now, to be used as ROXLAB_TOKEN"
            << (role == "runner" ? " or in the file that token_file of runner.yaml names" : "")
            << "\n";
  return kExitOk;
}

absl::StatusOr<int> Tokens(const CliContext& context) {
  ROXLAB_ASSIGN_OR_RETURN(
      const v1::ListTokensResponse response,
      LabClient(context).Call(&v1::Lab::Stub::ListTokens, v1::ListTokensRequest()));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  Table table({{"token"}, {"role"}, {"made"}, {"by"}});
  for (const v1::Token& token : response.tokens())
    table.AddRow({token.name(), RoleText(token.role()), Day(token.created_ms(), "%Y-%m-%d"),
                  token.created_by().empty() ? "the server" : token.created_by()});
  std::cout << (response.tokens().empty() ? "no tokens: this server asks for none\n"
                                          : table.Render(0));
  return kExitOk;
}

absl::StatusOr<int> RevokeToken(const CliContext& context, const std::string& name) {
  v1::RevokeTokenRequest request;
  request.set_name(name);
  ROXLAB_RETURN_IF_ERROR(LabClient(context).Call(&v1::Lab::Stub::RevokeToken, request).status());
  if (!context.json) std::cout << name << " is of no use any more\n";
  return kExitOk;
}

absl::StatusOr<int> WhoAmI(const CliContext& context) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Caller caller,
                          LabClient(context).Call(&v1::Lab::Stub::WhoAmI, v1::WhoAmIRequest()));
  if (context.json) {
    PrintJson(caller);
  } else if (caller.name().empty()) {
    std::cout << "this server asks nobody for a token\n";
  } else {
    std::cout << caller.name() << ", " << RoleText(caller.role()) << "\n";
  }
  return kExitOk;
}

absl::StatusOr<int> Audit(const CliContext& context, uint32_t limit) {
  LabClient lab(context);
  v1::ListAuditResponse all;
  v1::ListAuditRequest request;
  do {
    request.set_page_size(limit - static_cast<uint32_t>(all.entries_size()));
    ROXLAB_ASSIGN_OR_RETURN(const v1::ListAuditResponse page,
                            lab.Call(&v1::Lab::Stub::ListAudit, request));
    all.MergeFrom(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && static_cast<uint32_t>(all.entries_size()) < limit);
  if (context.json) {
    PrintJson(all);
    return kExitOk;
  }
  Table table({{"when"}, {"who"}, {"from"}, {"did"}, {"to"}, {"refused because"}});
  for (const v1::AuditEntry& entry : all.entries())
    table.AddRow({Day(entry.at_ms(), "%Y-%m-%d %H:%M:%S"), entry.caller().name(), entry.peer(),
                  entry.method(), entry.subject(), entry.error()});
  std::cout << (all.entries().empty() ? "nobody has changed anything yet\n" : table.Render(0));
  return kExitOk;
}

}  // namespace roxlab
