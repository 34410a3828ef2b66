// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_GUARD_H_
#define ROXLAB_SERVER_HTTP_GUARD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/http/message.h"

namespace roxlab {

// What keeps other web pages in a person's browser from using the lab in that person's place.
//
// PERMISSION_DENIED when the Host header is neither an IP address, nor "localhost", nor `own_name`:
// a page of a name that was pointed here (DNS rebinding) would count as the lab's own. With `tls`
// the name is the certificate's business. The same for what changes something and is sent by a page
// of another origin. Programs send no Origin and are let through.
absl::Status CheckSource(const HttpRequest& request, absl::string_view own_name, bool tls);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_GUARD_H_
